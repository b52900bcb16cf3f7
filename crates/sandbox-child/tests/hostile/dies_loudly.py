# Raises when it dies, a thousand times.
# ends: finished or too-much-output
class Loud:
    def __del__(self):
        raise ValueError("x" * 1_000)


for _ in range(1_000):
    Loud()
print("over")
