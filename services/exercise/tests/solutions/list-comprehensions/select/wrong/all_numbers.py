# verdict: score<0.5; says=4 items where 2 are expected
def selected(numbers):
    return [n {{ change.sign }} {{ amount }} for n in numbers]
