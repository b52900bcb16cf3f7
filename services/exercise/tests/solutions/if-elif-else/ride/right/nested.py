height = int(input())
age = int(input())
company = input()
if height >= {{ height }}:
    if age >= {{ age }}:
        print("{{ words.fine }}")
    elif company == "yes":
        if age < {{ least }}:
            print("{{ words.not }}")
        else:
            print("{{ words.fine }}")
    else:
        print("{{ words.not }}")
else:
    print("{{ words.small }}")
