width = 4
height = 3
area = width * height + 2 ** 2
half = area / 2
area += width
if width == 3 or 4:
    print(half > 5 and not width == height)
print(half ^ 2)
