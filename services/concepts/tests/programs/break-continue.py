for n in [4, 9, 2]:
    if n > 5:
        continue
    if n < 3:
        break
        print("found")
    print(n)
else:
    print("nothing below 3")
print("end")
i = 0
while i < 9:
    if i == 3:
        continue
    i += 1
for a in "xy":
    for b in "xy":
        if a == b:
            break
    else:
        print("no pair")
