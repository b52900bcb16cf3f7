# verdict: score<1; test=some days
days = int(input())
wet = 0
total = 0
for day in range(days):
    rain = int(input())
    if rain {{ rule.sign }} {{ limit }}:
        wet = wet + 1
    total = total + rain
print(wet)
print(total)
