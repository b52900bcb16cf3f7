height = int(input())
day, climb, place = 1, {{ up }}, {{ up }}
while place < height:
    climb = max({{ least }}, climb - {{ less }})
    place += climb - {{ down }}
    day += 1
print(day)
print(climb)
