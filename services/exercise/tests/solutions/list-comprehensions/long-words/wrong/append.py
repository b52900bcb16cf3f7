# verdict: rule=a list comprehension; rule=`.append()`; score=0.5; line=6
def sorted_out(text):
    long = []
    short = []
    for word in text.split():
        if len(word) >= {{ least }}:
            long.append({{ style.code }})
        else:
            short.append({{ part.code }})
    return long, short
