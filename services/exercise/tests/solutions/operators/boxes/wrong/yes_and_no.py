# verdict: score=0
count = int(input())
print(count // {{ size }})
print(count % {{ size }})
if count % {{ size }} == 0:
    print("yes")
else:
    print("no")
