days = int(input())
if days <= {{ free }}:
    print(0)
    print("in time")
else:
    late = days - {{ free }}
    print(late * {{ fee }} + {{ extra }})
    print("late")
