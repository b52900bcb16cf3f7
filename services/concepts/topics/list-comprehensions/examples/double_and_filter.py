numbers = [3, -1, 4]
doubled = [n * 2 for n in numbers]
positive = [n for n in numbers if n > 0]
print(doubled, positive)
