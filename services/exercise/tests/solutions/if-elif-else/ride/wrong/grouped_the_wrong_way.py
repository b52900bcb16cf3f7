# verdict: score<1
height = int(input())
age = int(input())
company = input()
if height < {{ height }}:
    print("{{ words.small }}")
elif (age >= {{ age }} or company == "yes") and age >= {{ least }} and company == "yes":
    print("{{ words.fine }}")
else:
    print("{{ words.not }}")
