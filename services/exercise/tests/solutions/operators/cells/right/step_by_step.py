passed = int(input())
growth = {{ factor }} ** passed
count = growth * {{ start }}
added = count - {{ start }}
many = {{ limit }} < count
print(count, added, many, sep="\n")
