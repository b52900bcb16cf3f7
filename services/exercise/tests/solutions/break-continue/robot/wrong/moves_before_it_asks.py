# verdict: score<1; test=too far up
place = {{ start }}
unknown = 0
while True:
    command = input()
    if command == "{{ words.stop }}":
        break
    if command == "{{ words.plus }}":
        place = place + {{ step }}
    elif command == "{{ words.minus }}":
        place = place - 1
    else:
        unknown = unknown + 1
    if place < 0 or place > {{ end }}:
        print("{{ words.fall }}")
        break
print(place)
print(unknown)
