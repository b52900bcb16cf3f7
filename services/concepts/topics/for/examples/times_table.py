for row in range(1, 4):
    for column in range(1, 4):
        print(row * column, end=" ")
    print()
