count = int(input())
price = float(input())
print(f"{count} {{ thing.many }} cost {count * price} {{ money }}")
print(int(count * price))
