# verdict: misconception=range-includes-end; score<1
days = int(input())
for day in range(1, days):
    print(day * {{ step }})
print("{{ end }}")
