# verdict: misconception=text-not-exact; score=0.5; says=Only capital and small letters differ
count = int(input())
price = float(input())
print(f"{count} {{ thing.many | capitalize }} cost {count * price} {{ money }}")
print(int(count * price))
