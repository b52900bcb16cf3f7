def changed(number):
    return number {{ change.sign }} {{ amount }}


def selected(numbers):
    result = [changed(number) for number in numbers if number {{ rule.sign }} {{ limit }}]
    return result
