readings = []
while True:
    line = input()
    if line.strip() == "{{ stop }}":
        break
    readings.append(int(line))
good = [r for r in readings if r >= {{ least }}]
print(sum(good))
print(len(good))
