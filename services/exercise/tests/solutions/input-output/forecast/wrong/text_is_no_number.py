# verdict: error=TypeError; score=0; line=4
city = input()
degrees = input()
print(f"{{ now | capitalize }} in {city}: {degrees} degrees")
print(f"{{ later.capital }}: {degrees {{ turn.sign }} {{ change }}} degrees")
