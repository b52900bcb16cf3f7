city = "Lisbon
print(city)
