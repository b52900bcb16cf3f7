# verdict: misconception=division-gives-int; score<1
length = int(input())
part = length // {{ parts }}
print(part)
print(type(length))
print(type(part))
