# verdict: score<1
place = {{ start }}
unknown = 0
while True:
    command = input()
    if command == "{{ words.stop }}":
        break
    if command != "{{ words.plus }}" or command != "{{ words.minus }}":
        unknown = unknown + 1
        continue
    place = place + {{ step }}
print(place)
print(unknown)
