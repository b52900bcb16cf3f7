def count_letter(text):
    worth = {"{{ letter }}": 1{% if bonus %}, "{{ letter | upper }}": {{ bonus }}{% endif %}}
    total = 0
    for letter in text:
        total += worth.get(letter, 0)
    return total
