from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

print(Counter("mississippi").most_common(2), Counter(a=3) - Counter(a=1), sum(Counter("ab").values()))
groups = defaultdict(list)
for word in ["apple", "avocado", "banana"]:
    groups[word[0]].append(word)
print(dict(groups), groups["z"])
q = deque([1, 2, 3], maxlen=3)
q.append(4)
q.appendleft(0)
q.rotate(1)
print(q, q.popleft(), list(q))
Point = namedtuple("Point", "x y", defaults=[0])
p = Point(1)
print(p, p.x, p._replace(y=5), p._asdict(), Point(*[3, 4]) == (3, 4))
o = OrderedDict(a=1, b=2)
o.move_to_end("a")
print(list(o), ChainMap({"a": 1}, {"a": 2, "b": 3})["b"])
