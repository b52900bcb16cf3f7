i = 0
total = 0
while i <= 5:
    total += i
    i += 1
word = input("Word? ")
while word != "stop":
    word = input("Word? ")
left = 3
while left > 0:
    print(left)
left -= 1
step = 1
while step != 10:
    step += 2
while True:
    print("again")
