temperature = 21.5
print("It is", round(temperature)
humidity = 40
