city = input()
hour = int(input())
minute = input()
print(f"{{ mark }} {city} {{ mark }}")
print(f"{{ stop.one | capitalize }} leaves at {hour}{{ point }}{minute}")
later = hour + {{ gap }}
print(f"Next one at {later}{{ point }}{minute}")
