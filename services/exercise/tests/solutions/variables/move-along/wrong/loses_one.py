# verdict: score<1; test=three people
first = input()
second = input()
third = input()
{% if way == "up" %}
third = second
second = first
first = third
{% else %}
first = second
second = third
third = first
{% endif %}
print(first)
print(second)
print(third)
