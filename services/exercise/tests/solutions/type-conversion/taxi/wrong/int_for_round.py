# verdict: misconception=off-by-one; score<1; test=nearly a whole kilometre more
distance = float(input())
whole = int(distance)
print(whole)
print(int(distance))
print({{ base }} + {{ rate }} * whole)
