count = 3
count + 1 = count
print(count)
