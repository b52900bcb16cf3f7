# verdict: misconception=missing-f; score=0
name = input()
other = input()
print("Name: {name}")
print("{{ what.label }}: {other}")
print("{name}{{ mark }}{other}")
