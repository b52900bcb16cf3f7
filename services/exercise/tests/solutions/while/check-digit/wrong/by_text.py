# verdict: rule=a `while` loop; rule=`str()`; score=0.5
number = int(input())
total = 0
count = 0
for sign in str(number):
    total = total + int(sign)
    if int(sign) == {{ special }}:
        count = count + 1
print(total)
print(count)
print(total % {{ modulus }})
