n = 15
if n > 10:
    print("more than ten")
if n > 5:
    print("more than five")
if n > 10:
    print("only this")
elif n > 5:
    print("never with the one above")
