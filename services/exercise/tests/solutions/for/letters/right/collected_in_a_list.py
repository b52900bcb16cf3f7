def count_letter(text):
    hits = []
    for letter in text:
        if letter == "{{ letter }}":
            hits.append(1)
        if letter == "{{ letter | upper }}":
            hits.append({{ bonus }})
    return sum(hits)
