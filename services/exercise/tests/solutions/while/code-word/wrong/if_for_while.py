# verdict: rule=a `while` loop; score<1
guess = input()
tries = 1
if guess != "{{ word }}":
    print("{{ door.wrong }}")
    guess = input()
    tries = tries + 1
print("{{ door.right }}")
print(tries)
