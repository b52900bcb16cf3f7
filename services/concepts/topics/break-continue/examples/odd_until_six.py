for n in range(1, 10):
    if n % 2 == 0:
        continue
    if n > 6:
        break
    print(n)
print("end")
