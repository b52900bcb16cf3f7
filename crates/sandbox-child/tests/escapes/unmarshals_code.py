# Reads code objects from bytes.
for attempt in (
    lambda: exec(__import__("marshal").loads(b"c" + b"\xff" * 200)),
    lambda: exec(__import__("marshal").loads(__import__("marshal").dumps(compile("1", "x", "exec"))[:-3] + b"\xff\xff\xff")),
    lambda: __import__("marshal").loads(b"(" * 100_000),
    lambda: __import__("marshal").loads(b"[\xff\xff\xff\x7f"),
):
    try:
        attempt()
        print("read")
    except BaseException as error:
        print(type(error).__name__)
