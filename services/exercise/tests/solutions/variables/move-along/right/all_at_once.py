first = input()
second = input()
third = input()
{% if way == "up" %}
first, second, third = third, first, second
{% else %}
first, second, third = second, third, first
{% endif %}
print(first)
print(second)
print(third)
