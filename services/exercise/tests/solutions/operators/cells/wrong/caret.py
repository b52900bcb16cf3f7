# verdict: misconception=caret-is-power; score<1
passed = int(input())
count = {{ start }} * {{ factor }} ^ passed
print(count)
print(count - {{ start }})
print(count > {{ limit }})
