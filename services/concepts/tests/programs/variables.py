price = 3
count = 4
total = 0
total = price * count
total += 5
print(totl)
l = "done"
total = "all " + l
