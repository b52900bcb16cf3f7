# verdict: error=timed-out; misconception=endless-loop; says=loop on line 4; line=4; score<0.6
total = 0
count = 0
reading = int(input())
while True:
    if reading == {{ stop }}:
        break
    if reading < {{ least }}:
        continue
    total = total + reading
    count = count + 1
print(total)
print(count)
