# verdict: error=too-much-output; misconception=step-forgotten; line=2; score=0; says=goes on for ever
{{ thing.name }} = int(input())
while {{ thing.name }} > {{ least }}:
    print({{ thing.name }})
print("{{ thing.end }}")
