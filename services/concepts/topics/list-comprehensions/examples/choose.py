marks = [55, 30, 80]
print(["pass" if mark >= 50 else "fail" for mark in marks])
