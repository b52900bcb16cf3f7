# verdict: error=TypeError; line=2; score=0
planted = input()
age = {{ year }} - planted
print("{{ tree.one | capitalize }} of " + planted)
print("Age in {{ year }}: " + str(age))
