# verdict: score<1
height = int(input())
place = 0
day = 0
climb = {{ up }} + {{ less }}
while place < height:
    day = day + 1
    climb = max(climb - {{ less }}, {{ least }})
    place = place + climb
    place = place - {{ down }}
print(day)
print(climb)
