def price_for(age):
    if age < {{ young }}:
        return {{ low }}
    if age <= {{ old }}:
        return {{ high }}
    return {{ middle }}


print(price_for(int(input())))
