# Makes rings that only a collector could free.
# ends: out-of-memory or timed-out
while True:
    a = [0] * 100
    a.append(a)
