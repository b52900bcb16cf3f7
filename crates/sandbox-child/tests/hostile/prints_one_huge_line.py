# Prints one string of 30 MB.
# ends: too-much-output
print("x" * (30 << 20))
