# Makes rings, switches the collector off and on, and collects while it collects.
# ends: finished or out-of-memory or timed-out or raised RuntimeError
import gc


class Ring:
    def __init__(self):
        self.ring = self

    def __del__(self):
        gc.collect()


for _ in range(3_000):
    Ring()
gc.disable()
gc.enable()
for _ in range(3):
    gc.collect()
print("collected")
