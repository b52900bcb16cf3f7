d = {"a": 1, "b": 2}
d["c"] = 3
d.update(b=20, e=5)
print(d, d.get("z"), d.get("z", 0), d.pop("a"), list(d.items()), "b" in d)
print(d.setdefault("n", []), d | {"x": 1}, {**d, "b": 0}, sorted(d, key=str), len(d))
for key, value in d.items():
    print(key, value, end="; ")
print()
print(dict(zip("abc", range(3))), dict.fromkeys("ab", 0), {v: k for k, v in {"p": 1}.items()})
del d["b"]
print(d.popitem(), d == {"c": 3, "e": 5}, max(d, key=d.get))
nested = {"x": {"y": [1, {"z": 2}]}}
print(nested["x"]["y"][1]["z"])
try:
    for k in d:
        d[k + "!"] = 1
except RuntimeError as error:
    print("RuntimeError")
