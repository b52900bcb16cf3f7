# verdict: misconception=text-not-exact; score=0.7; says=Only the spaces differ
count = int(input())
price = float(input())
total = count * price
print(str(count) + "{{ thing.many }}cost" + str(total) + "{{ money }}")
print(int(total))
