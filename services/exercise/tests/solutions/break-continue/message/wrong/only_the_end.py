# verdict: rule=`continue`; score<1
line = input()
message = ""
for letter in line:
    if letter == "{{ stop }}":
        break
    message = message + letter
print(message)
print(message.count("{{ noise }}"))
