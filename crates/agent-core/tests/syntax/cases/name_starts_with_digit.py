2nd = "silver"
print(2nd)
