def sorted_out(text):
    words = text.split()
    long = list(map(lambda word: {{ style.code }}, filter(lambda w: len(w) >= {{ least }}, words)))
    short = [{{ part.code }} for word in [w for w in words if len(w) < {{ least }}]]
    return long, short
