data = [1, 5, 2, 8]
if (n := len(data)) > 3:
    print(n)
while (item := data.pop()) != 1:
    print(item, end=" ")
print()
print([half for x in range(6) if (half := x / 2) > 1])
