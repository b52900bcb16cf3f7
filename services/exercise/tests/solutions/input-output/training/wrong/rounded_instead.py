# verdict: misconception=decimals-shown; score=0.5; says=another form
name = input()
distance = float(input())
minutes = int(input())
print(f"{name} {{ sport.did }} {round(distance, 2)} km")
print(f"{{ label }}: {round(distance / {{ days }}, 2)} km per day")
print(f"{round(minutes / 60, 1)} hours in all")
