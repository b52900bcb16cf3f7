# verdict: error=TypeError; misconception=input-is-number; line=4; says=`input()` always gives a text; score=0
limit = input()
total = 0
count = 0
for number in range({{ first }}, limit + 1):
    if number % {{ factor }} == 0:
        total = total + number
        count = count + 1
print(total)
print(count)
