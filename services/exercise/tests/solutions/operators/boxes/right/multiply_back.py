count = int(input())
full = count // {{ size }}
left = count - full * {{ size }}
print(full, left, not left, sep="\n")
