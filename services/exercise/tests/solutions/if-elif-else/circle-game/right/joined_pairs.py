first = input()
second = input()
pair = first + "-" + second
if first == second:
    print("nobody")
    print(0)
else:
    if pair == "{{ signs.one }}-{{ signs.two }}" or pair == "{{ signs.two }}-{{ signs.three }}" or pair == "{{ signs.three }}-{{ signs.one }}":
        winner = "first"
        sign = first
    else:
        winner = "second"
        sign = second
    print(winner)
    if sign == "{{ signs.three }}":
        print({{ bonus }})
    else:
        print({{ win }})
