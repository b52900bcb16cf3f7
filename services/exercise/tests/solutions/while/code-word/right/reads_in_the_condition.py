tries = 1
while input() != "{{ word }}":
    tries += 1
    print("{{ door.wrong }}")
print("{{ door.right }}")
print(tries)
