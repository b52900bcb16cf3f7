for n in range(3, 0, -1):
    print(n)
print("go")
