def count_letter(text):
    n = 0
    for i in range(len(text)):
        if text[i] == "{{ letter }}":
            n = n + 1
{% if bonus %}
        elif text[i] == "{{ letter | upper }}":
            n = n + {{ bonus }}
{% endif %}
    return n
