name = "Ada"
born = 1815
height = 1.65
famous = True
print(type(height))
born = "1815"
print("Born in " + 1815)
