# An f-string fills its braces; after the colon stands the format.
item = "notebook"
price = 2.5
count = 3
print(f"{count} x {item}: {price * count:.2f}")
