left = int(input())
while not left <= {{ least }}:
    print(left)
    left -= {{ step }}
print("{{ thing.end }}")
