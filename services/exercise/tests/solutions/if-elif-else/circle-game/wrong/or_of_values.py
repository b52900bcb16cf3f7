# verdict: score<1
first = input()
second = input()
points = {{ win }}
if first == second:
    winner = "nobody"
    points = 0
elif first == "{{ signs.one }}" and second == "{{ signs.two }}" or "{{ signs.three }}":
    winner = "first"
else:
    winner = "second"
print(winner)
print(points)
