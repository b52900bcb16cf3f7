# verdict: misconception=text-not-exact; score=0.5; says=capital
name = input()
other = input()
print("name:", name)
print("{{ what.label }}:", other)
print(name, other, sep="{{ mark }}")
