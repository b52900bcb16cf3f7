first name = "Eva"
print(first name)
