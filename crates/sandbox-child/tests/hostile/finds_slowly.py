# Looks for a needle that almost fits everywhere, over and over.
# ends: timed-out
hay = "a" * 2_000_000
needle = "a" * 1_000_000 + "b"
n = 0
while True:
    n += hay.find(needle) + hay.count(needle) + len(hay.replace(needle, ""))
