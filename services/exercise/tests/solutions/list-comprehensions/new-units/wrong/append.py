# verdict: rule=a list comprehension; rule=`.append()`; score=0.5
def converted({{ unit.given }}):
    result = []
    for value in {{ unit.given }}:
        result.append(value * {{ unit.factor }} + {{ extra }})
    return result
