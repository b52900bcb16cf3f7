# verdict: score<1
laps = int(input())
length = {{ length }}
distance = laps + length
print(length)
print(distance)
