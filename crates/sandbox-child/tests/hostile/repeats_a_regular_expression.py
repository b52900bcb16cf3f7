# A regular expression that counts to a thousand million.
# ends: timed-out or raised error or raised PatternError or raised OverflowError or finished or out-of-memory
import re
print(re.match(r"((?:x{0,60000}){0,60000}){0,60000}y", "x" * 3_000))
