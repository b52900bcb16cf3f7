limit = int(input())
numbers = []
for n in range(limit + 1):
    if n >= {{ first }} and n % {{ factor }} == 0:
        numbers.append(n)
print(sum(numbers))
print(len(numbers))
