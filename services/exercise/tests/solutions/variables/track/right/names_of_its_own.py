laps = int(input())
length = {{ length }}
distance = length * laps
print(length, distance, sep="\n")
