# Returns 20 MB of text that JSON writes six times as long.
# ends: finished or too-much-output or out-of-memory or crashed-allowed
# call: f
def f():
    return "\x01" * 20_000_000
