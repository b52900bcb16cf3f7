# verdict: score<1; test=a single row
rows = int(input())
total = 0
for row in range(1, rows + 1):
    width = {{ first }} + row * {{ more }}
    print(str(row) + ": " + "{{ thing.mark }}" * width)
    total = total + width
print(total)
