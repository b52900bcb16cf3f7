# verdict: score<1
days = int(input())
wet = 0
total = 0
rain = int(input())
for day in range(days):
    if rain {{ rule.sign }} {{ limit }}:
        wet = wet + 1
        total = total + rain
print(wet)
print(total)
