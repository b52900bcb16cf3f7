# verdict: misconception=break-or-continue; score<1
last = int(input())
for number in range(1, last + 1):
    if number % 10 == {{ digit }}:
        break
    print(number)
print("{{ house.end }}")
