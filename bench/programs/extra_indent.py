count = 0
    while count < 3:
    print(count)
    count += 1
