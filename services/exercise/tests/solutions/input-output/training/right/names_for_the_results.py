name = input()
distance = float(input())
minutes = int(input())
mean = distance / {{ days }}
hours = minutes / 60
print(f"{name} {{ sport.did }} {distance:.2f} km")
print(f"{{ label }}: {mean:.2f} km per day")
print(f"{hours:.1f} hours in all")
