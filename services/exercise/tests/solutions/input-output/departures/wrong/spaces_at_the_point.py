# verdict: misconception=text-not-exact; score=0.7
city = input()
hour = int(input())
minute = input()
print("{{ mark }}", city, "{{ mark }}")
print("{{ stop.one | capitalize }} leaves at", hour, "{{ point }}", minute)
print("Next one at", hour + {{ gap }}, "{{ point }}", minute)
