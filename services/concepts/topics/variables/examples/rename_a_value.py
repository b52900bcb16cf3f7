# A name stands for the value it was given last.
temperature = 18
print(temperature)

temperature = 21
print(temperature)
