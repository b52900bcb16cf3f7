count = int(input())
full = 0
while count >= {{ size }}:
    count -= {{ size }}
    full += 1
print(full)
print(count)
print(count < 1)
