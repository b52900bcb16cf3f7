city = input()
degrees = int(input())
print("{{ now | capitalize }} in ", city, ": ", degrees, " degrees", sep="")
print("{{ later.capital }}:", degrees {{ turn.sign }} {{ change }}, "degrees")
