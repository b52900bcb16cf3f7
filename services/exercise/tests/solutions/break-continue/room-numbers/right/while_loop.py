last = int(input())
number = 0
while number < last:
    number += 1
    if number % 10 == {{ digit }}:
        continue
    print(number)
print("{{ house.end }}")
