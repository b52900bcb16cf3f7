count = 3
while count > 0:
    print(count)
text = "liftoff"
text.upper()
print(text)
