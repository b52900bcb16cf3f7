# verdict: misconception=division-gives-int; score<0.5
count = int(input())
full = count / {{ size }}
left = count % {{ size }}
print(full)
print(left)
print(left == 0)
