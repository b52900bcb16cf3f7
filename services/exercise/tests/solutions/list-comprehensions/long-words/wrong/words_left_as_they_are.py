# verdict: score<0.5
def sorted_out(text):
    words = text.split()
    long = [word for word in words if len(word) >= {{ least }}]
    short = [{{ part.code }} for word in words if len(word) < {{ least }}]
    return long, short
