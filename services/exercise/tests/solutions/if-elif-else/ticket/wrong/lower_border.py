# verdict: score<1; score>0.6; test=at the lower border
age = int(input())
if age <= {{ young }}:
    print({{ low }})
elif age <= {{ old }}:
    print({{ high }})
else:
    print({{ middle }})
