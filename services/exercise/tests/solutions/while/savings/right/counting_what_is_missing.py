missing = int(input()) - {{ start }}
n = 0
while missing > 0:
    missing = missing - {{ saved }}
    n = n + 1
print(n)
print(-missing)
