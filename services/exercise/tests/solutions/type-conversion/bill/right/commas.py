n = int(input())
p = float(input())
print(n, "{{ thing.many }}", "cost", n * p, "{{ money }}")
print(int(n * p))
