def sorted_out(text):
    words = text.split()
    first = [{{ style.code }} for word in words if not len(word) < {{ least }}]
    second = [{{ part.code }} for word in words if not len(word) >= {{ least }}]
    return (first, second)
