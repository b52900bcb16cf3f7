age = int(input())
if age > {{ old }}:
    print({{ middle }})
elif age >= {{ young }}:
    print({{ high }})
else:
    print({{ low }})
