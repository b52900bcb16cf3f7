# verdict: score<1
first = input()
second = input()
third = input()
{% if way == "up" %}
first, second, third = second, third, first
{% else %}
first, second, third = third, first, second
{% endif %}
print(first)
print(second)
print(third)
