# verdict: score<1
def selected(numbers):
    return [n for n in numbers if n {{ rule.sign }} {{ limit }}]
