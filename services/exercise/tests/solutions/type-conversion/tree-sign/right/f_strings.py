planted = input()
age = {{ year }} - int(planted)
print(f"{{ tree.one | capitalize }} of {planted}")
print(f"Age in {{ year }}: {age}")
