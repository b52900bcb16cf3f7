try:
    number = int(input())
print(number)
