# verdict: misconception=text-not-exact; score=0.7
digits = input()
number = int(digits)
print({% for _ in range(times) %}digits{% if not loop.last %}, {% endif %}{% endfor %})
print(number * {{ times }})
print(number + {{ added }})
