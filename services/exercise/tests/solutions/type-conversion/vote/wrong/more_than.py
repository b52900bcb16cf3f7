# verdict: score<1; score>0.6; test=exactly enough
yes = int(input())
total = int(input())
share = yes / total * 100
print(str(yes) + " of " + str(total))
print(str(round(share)) + "% yes")
print("{{ who.word }}: " + str(share > {{ need }}))
