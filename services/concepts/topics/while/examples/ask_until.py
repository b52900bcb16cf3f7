answer = input("yes or no? ")
while answer != "yes" and answer != "no":
    answer = input("Please type yes or no: ")
print("You said", answer)
