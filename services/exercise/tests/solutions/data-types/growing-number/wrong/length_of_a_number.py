# verdict: error=TypeError; line=4
digit = input()
total = int(digit) + int(digit * {{ second }}) + int(digit * {{ third }})
print(total)
print(len(total))
