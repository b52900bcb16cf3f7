# verdict: score<1; test=a digit
digit = input()
one = int(digit)
two = int(digit) * {{ second }}
three = int(digit) * {{ third }}
total = one + two + three
print(total)
print(len(str(total)))
