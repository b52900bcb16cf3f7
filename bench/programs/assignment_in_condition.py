answer = int(input("How many legs has a spider? "))
if answer = 8:
    print("Right!")
else:
    print("No, eight.")
