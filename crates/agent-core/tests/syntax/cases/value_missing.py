width = 4
height =
print(width * height)
