total = 0
count = 0
while True:
    number = int(input())
    if number == {{ stop }}:
        break
    if number >= {{ least }}:
        total += number
        count += 1
print(total)
print(count)
