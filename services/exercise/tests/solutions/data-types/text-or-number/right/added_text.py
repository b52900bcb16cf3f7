digits = input()
print({% for _ in range(times) %}digits{% if not loop.last %} + {% endif %}{% endfor %})
print({{ times }} * int(digits))
print({{ added }} + int(digits))
