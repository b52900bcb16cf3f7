def selected(numbers):
    taken = [n for n in numbers if n {{ rule.sign }} {{ limit }}]
    return [n {{ change.sign }} {{ amount }} for n in taken]
