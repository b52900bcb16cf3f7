# verdict: score<1; test=the limit itself is added
limit = int(input())
total = 0
count = 0
for number in range({{ first }}, limit):
    if number % {{ factor }} == 0:
        total = total + number
        count = count + 1
print(total)
print(count)
