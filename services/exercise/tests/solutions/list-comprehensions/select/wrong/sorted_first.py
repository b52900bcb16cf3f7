# verdict: score<1; misconception=wrong-order
def selected(numbers):
    return sorted([n {{ change.sign }} {{ amount }} for n in numbers if n {{ rule.sign }} {{ limit }}])
