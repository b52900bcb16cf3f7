guess = int(input())
if guess = 42:
    print("right")
