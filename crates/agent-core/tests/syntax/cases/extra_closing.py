side = int(input("side: ")))
print(side * side)
