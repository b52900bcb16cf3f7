# verdict: misconception=too-many-lines; score<0.6
limit = int(input())
total = 0
count = 0
for number in range({{ first }}, limit + 1):
    if number % {{ factor }} == 0:
        total = total + number
        count = count + 1
        print(total)
print(total)
print(count)
