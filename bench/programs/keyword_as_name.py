class = "4b"
pupils = 23
print("In class", class, "are", pupils, "pupils")
