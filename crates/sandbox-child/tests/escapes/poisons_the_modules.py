# Exchanges library modules, and changes the classes of those that stay.
# spoils: its own job
import sys
import collections
import json
import random
import math
json.dumps = lambda *a, **k: "ESCAPED"
json.loads = None
random.seed(1)
random.randint = lambda a, b: "ESCAPED"
math.sqrt = lambda x: "ESCAPED"
math.pi = 3
collections.Counter.most_common = lambda *a: "ESCAPED"
collections.OrderedDict = dict
for name in ("string", "functools", "dataclasses", "re"):
    sys.modules[name] = sys.modules["json"]
sys.modules["datetime"] = None
