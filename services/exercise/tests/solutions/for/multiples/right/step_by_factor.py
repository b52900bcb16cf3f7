limit = int(input())
total = 0
count = 0
start = -(-{{ first }} // {{ factor }}) * {{ factor }}
for number in range(start, limit + 1, {{ factor }}):
    total += number
    count += 1
print(total)
print(count)
