# verdict: misconception=missing-return; says=Is a `return` missing?; line=1; score=0
def selected(numbers):
    chosen = [n {{ change.sign }} {{ amount }} for n in numbers if n {{ rule.sign }} {{ limit }}]
