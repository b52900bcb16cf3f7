def count_letter(text):
    found = 0
    for sign in text:
        if sign == "{{ letter }}":
            found += 1
{% if bonus %}
        if sign == "{{ letter | upper }}":
            found += {{ bonus }}
{% endif %}
    return found
