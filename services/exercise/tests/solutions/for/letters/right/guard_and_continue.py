def count_letter(text):
    result = 0
    for letter in text:
        if letter not in "{{ letter }}{{ letter | upper }}":
            continue
        if letter == "{{ letter }}":
            result += 1
        else:
            result += {{ bonus }}
    return result


# trying it out
print(count_letter("{{ letter }}"))
