# verdict: error=TypeError; says=number of parameters; score=0
def count_letter(text, letter):
    n = 0
    for one in text:
        if one == letter:
            n += 1
    return n
