# verdict: error=TypeError; line=3; score=0
count = input()
price = input()
total = count * price
print(count + " {{ thing.many }} cost " + str(total) + " {{ money }}")
print(int(total))
