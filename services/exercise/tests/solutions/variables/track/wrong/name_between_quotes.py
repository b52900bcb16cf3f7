# verdict: score=0; test=some laps
laps = int(input())
length = {{ length }}
distance = laps * length
print("length")
print("distance")
