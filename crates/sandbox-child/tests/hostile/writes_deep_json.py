# Writes a dict that holds itself.
# ends: raised ValueError or raised RecursionError
import json
d = {}
d["d"] = d
json.dumps(d)
