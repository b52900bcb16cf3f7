people = [("ann", 30), ("bob", 25), ("cid", 30), ("dan", 22)]
print(sorted(people, key=lambda p: (-p[1], p[0])))
people.sort(key=lambda p: p[1])
print(people, [p for p, _ in reversed(people)])
words = ["Banana", "apple", "cherry"]
print(sorted(words), sorted(words, key=str.lower, reverse=True), min(words, key=len), max([3, 1, 2]))
from operator import attrgetter, itemgetter

print(sorted([{"a": 2}, {"a": 1}], key=itemgetter("a")))


def bubble(items):
    items = items[:]
    for i in range(len(items)):
        for j in range(len(items) - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items


print(bubble([5, 2, 9, 1]), sorted([3, "a"], key=str))
