limit = int(input().strip())
s, k = 0, 0
for i in range({{ first }}, limit + 1):
    if i // {{ factor }} * {{ factor }} == i:
        s = s + i
        k = k + 1
print(f"{s}\n{k}")
