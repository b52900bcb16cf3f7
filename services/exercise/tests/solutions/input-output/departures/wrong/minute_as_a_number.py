# verdict: score<1; test=at the full hour
city = input()
hour = int(input())
minute = int(input())
print(f"{{ mark }} {city} {{ mark }}")
print(f"{{ stop.one | capitalize }} leaves at {hour}{{ point }}{minute}")
print(f"Next one at {hour + {{ gap }}}{{ point }}{minute}")
