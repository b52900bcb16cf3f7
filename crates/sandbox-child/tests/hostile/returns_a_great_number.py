# Returns an integer of three million bits.
# ends: finished or timed-out
# call: f
def f():
    return 1 << 3_000_000
