# Squares a number, which doubles its digits.
# ends: out-of-memory or timed-out
n = 3
while True:
    n *= n
