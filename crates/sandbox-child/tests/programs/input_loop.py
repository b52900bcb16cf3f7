name = input("name: ")
total = 0
count = int(input())
for _ in range(count):
    total += float(input("> "))
print(f"{name}: {total}")
try:
    input("more? ")
except EOFError as error:
    print("|", error)
