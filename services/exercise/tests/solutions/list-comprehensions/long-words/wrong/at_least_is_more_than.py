# verdict: score<1; test=words around the limit
def sorted_out(text):
    words = text.split()
    long = [{{ style.code }} for word in words if len(word) > {{ least }}]
    short = [{{ part.code }} for word in words if len(word) <= {{ least }}]
    return long, short
