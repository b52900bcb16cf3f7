# verdict: score<1; test=another pair
first = input()
second = input()
if first == second:
    print("nobody")
    print(0)
elif first + second == "{{ signs.one }}{{ signs.two }}" or first + second == "{{ signs.two }}{{ signs.three }}" or first + second == "{{ signs.three }}{{ signs.one }}":
    print("first")
    print({{ win }})
else:
    print("second")
    print({{ win }})
