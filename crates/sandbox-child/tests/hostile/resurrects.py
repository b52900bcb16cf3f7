# Comes back to life whenever it dies.
# ends: finished
alive = []


class Lazarus:
    def __del__(self):
        alive.append(self)


for _ in range(1_000):
    Lazarus()
while alive:
    alive.pop()
    if len(alive) < 2:
        break
print("over")
