# verdict: error=TypeError; misconception=mixing-text-and-number; line=4; score=0
digits = input()
print(digits * {{ times }})
print(int(digits) * {{ times }})
print(digits + {{ added }})
