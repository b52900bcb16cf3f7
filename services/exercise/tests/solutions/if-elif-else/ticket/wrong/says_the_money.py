# verdict: score=0; says=First difference: line 1
age = int(input())
if age < {{ young }}:
    price = {{ low }}
elif age <= {{ old }}:
    price = {{ high }}
else:
    price = {{ middle }}
print("The ticket costs", price, "{{ money }}.")
