# Weak references whose callbacks make more of them.
# ends: finished or timed-out or out-of-memory or raised RecursionError
import weakref


class Thing:
    pass


refs = []


def gone(ref):
    thing = Thing()
    if len(refs) < 5_000:
        refs.append(weakref.ref(thing, gone))


refs.append(weakref.ref(Thing(), gone))
print("gone")
