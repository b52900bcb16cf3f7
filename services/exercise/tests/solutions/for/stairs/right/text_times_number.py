rows = int(input())
width = {{ first }}
total = 0
for row in range(rows):
    print(f"{row + 1}: {'{{ thing.mark }}' * width}")
    total += width
    width += {{ more }}
print(total)
