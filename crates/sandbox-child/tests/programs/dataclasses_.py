from dataclasses import asdict, astuple, dataclass, field, replace


@dataclass(order=True)
class Card:
    rank: int
    suit: str = "hearts"
    tags: list = field(default_factory=list, compare=False)

    def __post_init__(self):
        if self.rank < 1:
            raise ValueError("rank")


@dataclass(frozen=True)
class Frozen:
    a: int


cards = [Card(3), Card(1, "spades"), Card(1)]
print(sorted(cards), max(cards), Card(3) == Card(3, tags=[1]))
print(asdict(cards[0]), astuple(cards[1]), replace(cards[0], rank=9))
try:
    Frozen(1).a = 2
except Exception as error:
    print(type(error).__name__)
try:
    Card(0)
except ValueError as error:
    print(error)
print({Frozen(1), Frozen(1)})
