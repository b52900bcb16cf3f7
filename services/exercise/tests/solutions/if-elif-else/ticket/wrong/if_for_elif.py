# verdict: misconception=elif-is-if; score<1
age = int(input())
if age < {{ young }}:
    price = {{ low }}
if age <= {{ old }}:
    price = {{ high }}
else:
    price = {{ middle }}
print(price)
