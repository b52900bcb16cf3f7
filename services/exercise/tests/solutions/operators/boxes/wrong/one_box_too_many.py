# verdict: score<0.3; misconception=off-by-one
count = int(input())
full = count // {{ size }} + 1
left = count % {{ size }}
print(full)
print(left)
print(left == 0)
