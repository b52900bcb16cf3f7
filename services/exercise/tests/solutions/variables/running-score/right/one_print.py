start = int(input())
bonus = int(input())
score = {{ times }} * start + {{ times }} * bonus
print(score, score - start, sep="\n")
