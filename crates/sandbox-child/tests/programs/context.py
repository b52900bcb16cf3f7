from contextlib import contextmanager, redirect_stdout, suppress
import io


class Timer:
    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, error, traceback):
        print("exit", kind.__name__ if kind else None)
        return kind is ValueError


with Timer() as t:
    print(type(t).__name__)
with Timer(), suppress(KeyError):
    {}["x"]
with Timer():
    raise ValueError("swallowed")


@contextmanager
def tag(name):
    print(f"<{name}>")
    yield name.upper()
    print(f"</{name}>")


with tag("b") as upper:
    print(upper)
buffer = io.StringIO()
with redirect_stdout(buffer):
    print("hidden")
print(repr(buffer.getvalue()))
