print(“Hello, world”)
message = “It works”
print(message)
