def is_long(word):
    return len(word) >= {{ least }}


def sorted_out(text):
    words = text.split()
    loud = [{{ style.code }} for word in words if is_long(word)]
    lengths = [{{ part.code }} for word in words if not is_long(word)]
    return loud, lengths
