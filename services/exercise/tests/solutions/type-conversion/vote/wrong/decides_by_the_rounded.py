# verdict: score<1; test=not quite enough
yes = int(input())
total = int(input())
share = round(yes / total * 100)
print(str(yes) + " of " + str(total))
print(str(share) + "% yes")
print("{{ who.word }}: " + str(share >= {{ need }}))
