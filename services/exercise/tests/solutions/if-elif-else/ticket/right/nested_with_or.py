age = int(input())
if age < {{ young }} or age > {{ old }}:
    if age < {{ young }}:
        print("{{ low }}")
    else:
        print("{{ middle }}")
else:
    print(f"{{ '{' }}{{ high }}}")
