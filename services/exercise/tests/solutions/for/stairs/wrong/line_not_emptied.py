# verdict: score<1; test=some rows
rows = int(input())
total = 0
line = ""
for row in range(1, rows + 1):
    width = {{ first }} + (row - 1) * {{ more }}
    for place in range(width):
        line = line + "{{ thing.mark }}"
    print(str(row) + ": " + line)
    total = total + width
print(total)
