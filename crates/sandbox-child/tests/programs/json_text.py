import json

data = {"name": "Ann", "tags": ["a", None, True], "size": 1.5, "nested": {"é": "ü"}}
text = json.dumps(data)
print(text, json.loads(text) == data)
print(json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True))
print(json.loads('[1, 2.5, "x", null, false, {"a": []}]'))
try:
    json.loads("{bad}")
except json.JSONDecodeError as error:
    print(type(error).__name__)
