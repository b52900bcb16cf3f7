def sorted_out(text):
    pieces = [piece for piece in text.split(" ") if piece]
    long = [piece for piece in pieces if len(piece) > {{ least - 1 }}]
    rest = [{{ part.code | replace("word", "piece") }} for piece in pieces if piece not in long]
    return [{{ style.code | replace("word", "piece") }} for piece in long], rest
