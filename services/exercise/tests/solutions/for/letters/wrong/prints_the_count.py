# verdict: misconception=print-gives-back; says=printed is gone; score=0
def count_letter(text):
    count = 0
    for letter in text:
        if letter == "{{ letter }}":
            count = count + 1
{% if bonus %}
        elif letter == "{{ letter | upper }}":
            count = count + {{ bonus }}
{% endif %}
    print(count)
