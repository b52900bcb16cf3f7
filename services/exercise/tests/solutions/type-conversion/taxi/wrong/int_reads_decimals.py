# verdict: error=ValueError; misconception=int-reads-decimals; score=0; line=1
distance = int(input())
print(distance)
print(round(distance))
print({{ base }} + {{ rate }} * round(distance))
