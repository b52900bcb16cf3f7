# verdict: misconception=changes-argument; says=still needs it as it was; score<0.7
def selected(numbers):
    result = [n {{ change.sign }} {{ amount }} for n in numbers if n {{ rule.sign }} {{ limit }}]
    numbers.clear()
    return result
