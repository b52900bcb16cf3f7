# The same operator does different things to different types.
print(2 + 3)
print("2" + "3")
print(2.0 + 3)
