words = input("Words: ").split()
print([word.upper() for word in words if len(word) > 3])
