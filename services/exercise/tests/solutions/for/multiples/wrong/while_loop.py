# verdict: rule=a `for` loop; score=0.5; says=not in the way that is asked for
limit = int(input())
total = count = 0
number = {{ first }}
while number <= limit:
    if number % {{ factor }} == 0:
        total += number
        count += 1
    number += 1
print(total)
print(count)
