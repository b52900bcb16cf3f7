# verdict: misconception=text-not-exact; score=0.7; says=line 3
name = input()
other = input()
print("Name:", name)
print("{{ what.label }}:", other)
print(name, "{{ mark }}", other)
