# verdict: misconception=break-or-continue; score<1; says=mixed up
total = 0
count = 0
while True:
    reading = int(input())
    if reading == {{ stop }}:
        break
    if reading < {{ least }}:
        break
    total = total + reading
    count = count + 1
print(total)
print(count)
