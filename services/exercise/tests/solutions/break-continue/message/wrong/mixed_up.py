# verdict: score<1
line = input()
message = ""
noise = 0
for letter in line:
    if letter == "{{ stop }}":
        continue
    if letter == "{{ noise }}":
        noise = noise + 1
        break
    message = message + letter
print(message)
print(noise)
