found = False
tries = 0
while not found:
    tries = tries + 1
    if input() == "{{ word }}":
        found = True
        print("{{ door.right }}")
    else:
        print("{{ door.wrong }}")
print(tries)
