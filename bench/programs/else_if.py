temperature = 31
if temperature > 30:
    print("hot")
else if temperature > 20:
    print("warm")
else:
    print("cold")
