start = int(input())
bonus = int(input())
score = start
before = score
score = score + bonus
score = {{ times }} * score
growth = score - before
print(f"{score}")
print(f"{growth}")
