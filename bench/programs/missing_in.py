letters = "python"
for letter of letters:
    print(letter.upper())
