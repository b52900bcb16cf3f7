# verdict: error=TypeError; score=0
def converted({{ unit.given }}):
    result = {{ unit.given }} * {{ unit.factor }} + {{ extra }}
    return result
