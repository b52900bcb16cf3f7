# An exception with 20 MB of text.
# ends: raised ValueError or out-of-memory
raise ValueError("m" * 20_000_000)
