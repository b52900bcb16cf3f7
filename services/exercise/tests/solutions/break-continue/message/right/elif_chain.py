line = input()
message, noise = "", 0
for letter in line:
    if letter == "{{ stop }}":
        break
    elif letter == "{{ noise }}":
        noise += 1
        continue
    message += letter
print(message)
print(noise)
