# verdict: error=TypeError; misconception=automatic-conversion; line=4; score=0
planted = input()
age = {{ year }} - int(planted)
print("{{ tree.one | capitalize }} of " + planted)
print("Age in {{ year }}: " + age)
