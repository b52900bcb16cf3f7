# verdict: score<1; score>0.6; test=on the last day
days = int(input())
if days >= {{ free }}:
    print((days - {{ free }}) * {{ fee }} + {{ extra }})
    print("late")
else:
    print(0)
    print("in time")
