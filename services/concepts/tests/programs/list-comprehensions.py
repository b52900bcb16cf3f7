numbers = [3, -1, 4]
doubled = [n * 2 for n in numbers if n > 0]
signs = ["+" if n > 0 else "-" for n in numbers]
pairs = [(a, b) for a in numbers for b in "xy"]
squares = []
for n in numbers:
    if n > 1:
        squares.append(n * n)
[print(n) for n in numbers]
copy = [n for n in numbers]
lazy = (n for n in numbers)
wrong = [m for n in numbers]
