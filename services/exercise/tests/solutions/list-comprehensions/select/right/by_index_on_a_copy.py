def selected(numbers):
    copy = list(numbers)
    return [copy[i] {{ change.sign }} {{ amount }} for i in range(len(copy)) if copy[i] {{ rule.sign }} {{ limit }}]
