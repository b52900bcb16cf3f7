import random

secret = random.randint(1, 100)
tries = 0

while True:
    guess = int(input("Your guess: "))
    tries += 1
    if guess < secret:
        print("Higher")
    elif guess > secret:
        print("Lower")
    else:
        print("Right after", tries, "tries")
        break
