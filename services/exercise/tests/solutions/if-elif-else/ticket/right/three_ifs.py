age = int(input())
price = {{ high }}
if age < {{ young }}:
    price = {{ low }}
if age > {{ old }}:
    price = {{ middle }}
print(price)
