ages = {"ada": 36, "grace" 85, "linus": 54}
oldest = max(ages, key=ages.get)
print(oldest)
