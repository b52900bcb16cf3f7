# verdict: error=TypeError; misconception=mixing-text-and-number; line=4; score=0
count = int(input())
price = float(input())
total = count * price
print(count + " {{ thing.many }} cost " + total + " {{ money }}")
print(int(total))
