# verdict: score<1; test=a higher last number
last = int(input())
for number in range(1, last + 1):
    if number == {{ digit }}:
        continue
    print(number)
print("{{ house.end }}")
