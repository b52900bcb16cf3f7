# A regular expression that tries all ways to split 40 letters.
# ends: timed-out
import re
print(re.match(r"(a+)+$", "a" * 40 + "b"))
