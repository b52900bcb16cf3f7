# Whole division and remainder belong together.
cents = 287
print(cents // 100, "euros and", cents % 100, "cents")
