# verdict: score<1
total = 0
count = 0
while True:
    reading = int(input())
    if reading == {{ stop }}:
        break
    count = count + 1
    if reading < {{ least }}:
        continue
    total = total + reading
print(total)
print(count)
