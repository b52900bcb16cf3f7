# verdict: misconception=step-forgotten; score=0; says=Lines are missing
name = input()
other = input()
print("Name:", name)
print("{{ what.label }}:", other)
