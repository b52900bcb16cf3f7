# verdict: misconception=print-stays-on-line; score=0.7; says=Only the line breaks differ
total = 0
count = 0
while True:
    reading = int(input())
    if reading == {{ stop }}:
        break
    if reading < {{ least }}:
        continue
    total = total + reading
    count = count + 1
print(total, count)
