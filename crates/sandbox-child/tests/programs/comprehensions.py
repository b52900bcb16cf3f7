words = ["apple", "bob", "kayak", "level", "tree"]
print([w.upper() for w in words if w == w[::-1]])
print({w: len(w) for w in words})
print(sorted({w[0] for w in words}))
print([(x, y) for x in range(3) for y in range(x)])
print([[row[i] for row in [[1, 2], [3, 4]]] for i in range(2)])
print([n if n % 2 else -n for n in range(5)])
print(list(filter(None, [0, 1, "", "a", None])), list(map(len, words)))
print([y := 1, y**2], any(w == "bob" for w in words), all(words))
