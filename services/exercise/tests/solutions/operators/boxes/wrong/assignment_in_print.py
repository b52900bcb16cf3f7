# verdict: error=TypeError; score=0; line=6
count = int(input())
full = count // {{ size }}
left = count % {{ size }}
print(full)
print(left)
print(left = 0)
