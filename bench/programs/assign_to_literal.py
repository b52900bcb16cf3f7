score = 10
10 = score + 5
print(score)
