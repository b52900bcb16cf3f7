age = int(input())
if {{ young }} <= age <= {{ old }}:
    price = {{ high }}
else:
    price = {{ low }} if age < {{ young }} else {{ middle }}
print(price)
