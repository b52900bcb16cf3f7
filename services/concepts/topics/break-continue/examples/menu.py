total = 0
while True:
    word = input("Number or done: ")
    if word == "done":
        break
    if not word.isdigit():
        continue
    total += int(word)
print("Total", total)
