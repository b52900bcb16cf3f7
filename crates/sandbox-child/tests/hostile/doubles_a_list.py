# Doubles a list.
# ends: out-of-memory
a = [0]
while True:
    a += a
