def converted(values):
    return [{{ extra }} + {{ unit.factor }} * value for value in values]
