notes = input()
best = 0
begin = 0
start = 0
for place in range(len(notes)):
    if notes[place] != "{{ marks.yes }}":
        start = place + 1
        continue
    length = place - start + 1
    if length {{ sign }} best:
        best, begin = length, start + 1
print(best)
print(begin)
