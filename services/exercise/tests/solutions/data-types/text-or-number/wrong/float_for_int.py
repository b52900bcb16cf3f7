# verdict: misconception=int-rounds; score=0.5; says=another form
digits = input()
number = float(digits)
print(digits * {{ times }})
print(number * {{ times }})
print(number + {{ added }})
