# verdict: says=put `list(…)` around it; rule=a list comprehension; score<0.5
def selected(numbers):
    return (n {{ change.sign }} {{ amount }} for n in numbers if n {{ rule.sign }} {{ limit }})
