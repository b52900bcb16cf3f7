n = 4
if n < 0:
    print("negative")
else if n == 0:
    print("zero")
