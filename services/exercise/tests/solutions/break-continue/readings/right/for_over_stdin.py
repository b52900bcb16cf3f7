import sys

total = 0
count = 0
for line in sys.stdin:
    reading = int(line)
    if reading == {{ stop }}:
        break
    if reading < {{ least }}:
        continue
    total += reading
    count += 1
print(f"{total}\n{count}")
