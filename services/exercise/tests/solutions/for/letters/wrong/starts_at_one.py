# verdict: misconception=off-by-one; says=off by one; score=0
def count_letter(text):
    count = 1
    for letter in text:
        if letter == "{{ letter }}":
            count += 1
{% if bonus %}
        elif letter == "{{ letter | upper }}":
            count += {{ bonus }}
{% endif %}
    return count
