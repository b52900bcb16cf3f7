total = count = 0
reading = int(input())
while reading == reading:
    if reading == {{ stop }}:
        break
    if not reading < {{ least }}:
        total = total + reading
        count = count + 1
    reading = int(input())
print(total, count, sep="\n")
