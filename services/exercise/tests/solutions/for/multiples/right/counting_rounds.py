limit = int(input())
total = 0
rounds = 0
for k in range(limit // {{ factor }} + 1):
    if k * {{ factor }} >= {{ first }}:
        total += {{ factor }} * k
        rounds += 1
print(str(total))
print(str(rounds))
