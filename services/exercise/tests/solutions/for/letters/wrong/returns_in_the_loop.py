# verdict: score<1
def count_letter(text):
    count = 0
    for letter in text:
        if letter == "{{ letter }}":
            count += 1
        return count
