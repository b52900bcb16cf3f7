age = input("How old are you? ")
name = input("What is your name? ")
if age >= 18:
    print("Welcome {name}")
if name == "Ada" or "Alan":
    print("A famous name!")
