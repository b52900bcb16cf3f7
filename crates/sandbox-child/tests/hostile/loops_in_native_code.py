# Sums a range in native code, where no signal looks.
# ends: timed-out
print(sum(range(10**12)))
