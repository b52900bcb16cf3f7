# verdict: misconception=indentation-decides; score<1
days = int(input())
for day in range(1, days + 1):
    print(day * {{ step }})
    print("{{ end }}")
