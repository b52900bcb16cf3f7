travel = int(input())
start = {{ hour }} * 60 + {{ minute }}
end = start + travel
days = end // (24 * 60)
rest = end - days * 24 * 60
print(rest // 60)
print(rest % 60)
print(days)
