# verdict: error=not-a-function; says=Line 1 defines `count_leter`; line=1; score=0
def count_leter(text):
    n = 0
    for letter in text:
        n += letter == "{{ letter }}"
    return n
