items = {"pen": 3, "book": 12}
for name in items:
    print(f"{name} costs {items[name} euros")
