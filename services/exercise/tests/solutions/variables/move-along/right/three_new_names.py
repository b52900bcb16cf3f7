first = input()
second = input()
third = input()
{% if way == "up" %}
new_first = third
new_second = first
new_third = second
{% else %}
new_first = second
new_second = third
new_third = first
{% endif %}
first = new_first
second = new_second
third = new_third
print(f"{first}\n{second}\n{third}")
