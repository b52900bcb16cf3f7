# verdict: misconception=missing-f; score=0
city = input()
degrees = int(input())
print("{{ now | capitalize }} in {city}: {degrees} degrees")
print("{{ later.capital }}: {degrees} degrees")
