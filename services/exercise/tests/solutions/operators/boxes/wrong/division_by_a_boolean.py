# verdict: score<1
count = int(input())
full = count // {{ size }}
left = count % {{ size }}
print(full)
print(left)
print(full == 0)
