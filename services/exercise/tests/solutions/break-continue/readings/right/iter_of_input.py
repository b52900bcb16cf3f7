total, count = 0, 0
for line in iter(input, None):
    value = int(line)
    if value == {{ stop }}:
        break
    elif value >= {{ least }}:
        total, count = total + value, count + 1
print(total)
print(count)
