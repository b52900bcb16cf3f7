count = int(input())
print(int(count / {{ size }}))
print(count % {{ size }})
if count % {{ size }} == 0:
    print("True")
else:
    print("False")
