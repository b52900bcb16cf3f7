# verdict: error=ValueError; misconception=int-reads-decimals; line=2; says=`float()`; score<0.4
count = int(input())
price = int(input())
total = count * price
print(f"{count} {{ thing.many }} cost {float(total)} {{ money }}")
print(total)
