def table(n):
    for i in range(1, 11):
	line = n * i
        print(n, "x", i, "=", line)


table(7)
