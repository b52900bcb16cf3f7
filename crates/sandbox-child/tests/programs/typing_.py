from typing import Any, Callable, Generic, NamedTuple, Optional, Protocol, TypedDict, TypeVar, Union

T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> None:
        self.items.append(item)

    def pop(self) -> T | None:
        return self.items.pop() if self.items else None


class Movie(TypedDict):
    title: str


class Pair(NamedTuple):
    a: int
    b: str = "x"


def apply(f: Callable[[int], int], n: Optional[int] = None) -> Union[int, str]:
    return f(n or 0)


def first[U](items: list[U]) -> U:
    return items[0]


s: Stack[int] = Stack()
s.push(1)
print(s.pop(), s.pop(), Movie(title="x"), Pair(1), apply(lambda n: n + 1, 2), first([3]))
