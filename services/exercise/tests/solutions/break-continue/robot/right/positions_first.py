place, unknown = {{ start }}, 0
while True:
    command = input()
    if command == "{{ words.stop }}":
        break
    if command == "{{ words.plus }}":
        target = place + {{ step }}
    elif command == "{{ words.minus }}":
        target = place - 1
    else:
        unknown += 1
        continue
    if 0 <= target <= {{ end }}:
        place = target
    else:
        print("{{ words.fall }}")
        break
print(place)
print(unknown)
