n = 4
if n < 0:
    print("negative")
else n >= 0:
    print("positive")
