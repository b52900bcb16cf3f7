# verdict: error=unclosed-bracket; score=0; line=3
digits = input()
number = int(digits)
print(digits * {{ times }}
print(number * {{ times }})
print(number + {{ added }})
