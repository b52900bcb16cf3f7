# verdict: score<1; test=one centimetre below the border
height = int(input())
age = int(input())
company = input()
if age >= {{ age }} or company == "yes" and age >= {{ least }}:
    print("{{ words.fine }}")
elif height < {{ height }}:
    print("{{ words.small }}")
else:
    print("{{ words.not }}")
