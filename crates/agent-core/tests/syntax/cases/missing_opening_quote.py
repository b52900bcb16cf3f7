score = 7
print(Your score:", score)
