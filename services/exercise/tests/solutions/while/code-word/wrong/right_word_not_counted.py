# verdict: misconception=wrong-start; score=0; says=off by one
guess = input()
tries = 0
while guess != "{{ word }}":
    print("{{ door.wrong }}")
    guess = input()
    tries = tries + 1
print("{{ door.right }}")
print(tries)
