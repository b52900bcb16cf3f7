name = "Bo"
print(f"Hello {name")
