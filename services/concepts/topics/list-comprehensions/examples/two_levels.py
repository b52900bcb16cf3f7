print([(a, b) for a in "xy" for b in range(2)])
print([[a + str(b) for b in range(2)] for a in "xy"])
