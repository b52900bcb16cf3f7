# verdict: error=RecursionError; misconception=no-base-case; score=0
def pack(count):
    return 1 + pack(count - {{ size }})


print(pack(int(input())))
