n = 4
if n < 0:
    print("negative")
elseif n == 0:
    print("zero")
