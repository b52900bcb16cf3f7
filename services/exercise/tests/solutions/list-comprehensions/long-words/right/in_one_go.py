def sorted_out(text):
    return [{{ style.code | replace("word", "w") }} for w in text.split() if len(w) >= {{ least }}], [{{ part.code | replace("word", "w") }} for w in text.split() if len(w) < {{ least }}]
