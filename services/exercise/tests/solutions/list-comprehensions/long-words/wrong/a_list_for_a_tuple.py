# verdict: score=0.5; says=The items are right, but in a list where a tuple is expected
def sorted_out(text):
    words = text.split()
    long = [{{ style.code }} for word in words if len(word) >= {{ least }}]
    short = [{{ part.code }} for word in words if len(word) < {{ least }}]
    return [long, short]
