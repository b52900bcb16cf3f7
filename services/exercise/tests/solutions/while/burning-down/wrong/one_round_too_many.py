# verdict: misconception=boundary-value; score<1; test=exactly at the limit
{{ thing.name }} = int(input())
while {{ thing.name }} >= {{ least }}:
    print({{ thing.name }})
    {{ thing.name }} = {{ thing.name }} - {{ step }}
print("{{ thing.end }}")
