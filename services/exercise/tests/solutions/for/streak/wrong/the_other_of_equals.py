# verdict: score<1; test=two rows of the same length
notes = input()
day = 0
run = 0
best = 0
begin = 0
for note in notes:
    day = day + 1
    if note == "{{ marks.yes }}":
        run = run + 1
        if run {{ ">=" if sign == ">" else ">" }} best:
            best = run
            begin = day - run + 1
    else:
        run = 0
print(best)
print(begin)
