# verdict: score<1; score>0.6; test=at the upper border
age = int(input())
if age < {{ young }}:
    price = {{ low }}
elif age < {{ old }}:
    price = {{ high }}
else:
    price = {{ middle }}
print(price)
