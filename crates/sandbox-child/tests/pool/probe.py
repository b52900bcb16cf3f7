# Looks at everything that a program before this one may have bent: its facts are the same in every run.
import bisect
import collections
import dataclasses
import datetime
import functools
import heapq
import json
import math
import random
import re
import string
import sys
import textwrap
import builtins

probe = "here"


def total(items):
    result = 0
    for item in items:
        result += item
    print("total of", len(items))
    return result


def fails(items):
    try:
        return items["x"]
    except TypeError:
        raise ValueError("not a number: " + str(sorted(items, reverse=True)))


@dataclasses.dataclass
class Point:
    x: int
    y: int = 2


class Animal:
    def speak(self):
        return "..."


class Dog(Animal):
    def speak(self):
        return super().speak() + "wuff"


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def recurse(n):
    return 0 if n == 0 else 1 + recurse(n - 1)


def caught(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__


random.seed(7)
facts = [
    len([1, 2, 3]), sum([1, 2, 3]), sorted([3, 1, 2]), abs(-1), list(range(3)), isinstance(1, str), int("7"), str(12),
    repr(Point(1)), Dog().speak(), fib(30), recurse(200), caught(lambda: int("x")), caught(lambda: [][1]),
    json.dumps({"a": [1, None]}), json.loads("[1.5, true]"), math.sqrt(16), math.pi, random.randint(1, 1_000),
    re.match(r"(\d+)-(\d+)", "12-34").groups(), string.ascii_lowercase[:3], textwrap.dedent("  x"),
    collections.Counter("abca").most_common(1), list(collections.OrderedDict(a=1)), heapq.nsmallest(2, [3, 1, 2]),
    bisect.bisect([1, 2, 3], 2), datetime.date(2024, 2, 29).isoformat(), str(10**50), len(str(2**3000)),
    hasattr(builtins, "probe_was_here"), __name__, input(), sys.stdin.readline(), sys.gettrace() is None,
    sys.getrecursionlimit(), isinstance(1, collections.abc.Sized), "é".encode("utf-8"), type(print).__name__, sys.argv,
    [n for n in ("kept", "running") if hasattr(sys, n)], "kept" in sys.modules,
]
print("probed", len(facts), file=sys.stdout)
print("last")
