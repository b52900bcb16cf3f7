# verdict: misconception=int-rounds; score<1; says=`round` rounds
count = int(input())
price = float(input())
total = count * price
print(str(count) + " {{ thing.many }} cost " + str(total) + " {{ money }}")
print(round(total))
