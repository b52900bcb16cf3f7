# Ask, keep the answer, use it.
name = input("Your name? ")
print("Hello,", name)
