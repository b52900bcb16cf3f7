# verdict: error=missing-colon; line=3; score=0; says=colon
limit = int(input())
total = 0
for number in range({{ first }}, limit + 1)
    total = total + number
print(total)
