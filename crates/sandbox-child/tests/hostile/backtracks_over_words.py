# Nested quantifiers over alternatives.
# ends: timed-out
import re
print(re.fullmatch(r"((a|a)*|(a|aa)+)*c", "a" * 60))
