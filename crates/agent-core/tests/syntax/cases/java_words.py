int count = 0
if count == 0 && True:
    print(count)
