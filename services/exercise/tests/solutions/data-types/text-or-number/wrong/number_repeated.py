# verdict: score<0.4
digits = int(input())
print(digits * {{ times }})
print(digits * {{ times }})
print(digits + {{ added }})
