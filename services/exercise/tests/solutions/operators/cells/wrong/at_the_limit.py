# verdict: misconception=boundary-value; score<1; test=exactly at the limit
passed = int(input())
count = {{ start }} * {{ factor }} ** passed
print(count)
print(count - {{ start }})
print(count >= {{ limit }})
