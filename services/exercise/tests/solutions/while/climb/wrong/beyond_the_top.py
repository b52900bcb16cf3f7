# verdict: misconception=boundary-value; score<1; test=the top is reached exactly, in the evening
height = int(input())
day = 1
climb = {{ up }}
place = climb
while place <= height:
    place = place - {{ down }}
    day = day + 1
    if climb - {{ less }} >= {{ least }}:
        climb = climb - {{ less }}
    else:
        climb = {{ least }}
    place = place + climb
print(day)
print(climb)
