name = "Bo"
print("Hello " + name "!")
