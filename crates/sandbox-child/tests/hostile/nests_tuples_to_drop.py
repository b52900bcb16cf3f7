# Drops a tuple that is 300,000 levels deep.
# ends: finished or crashed-allowed or out-of-memory
t = ()
for _ in range(300_000):
    t = (t,)
del t
print("dropped")
