# verdict: rule=`.count()`; rule=a `for` loop; score=0.5; says=asks you to do without; line=2
def count_letter(text):
    return text.count("{{ letter }}"){% if bonus %} + {{ bonus }} * text.count("{{ letter | upper }}"){% endif %}
