def selected(numbers):
    return [n {{ change.sign }} {{ amount }} for n in numbers if n {{ rule.sign }} {{ limit }}]
