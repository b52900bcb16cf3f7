password = ""
tries = 0
if password != "secret":
    tries += 1
    break
print(tries)
