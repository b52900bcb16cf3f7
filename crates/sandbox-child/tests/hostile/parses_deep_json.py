# JSON that is 100,000 lists deep.
# ends: finished or raised RecursionError or crashed-allowed or raised JSONDecodeError
import json
json.loads("[" * 100_000 + "]" * 100_000)
