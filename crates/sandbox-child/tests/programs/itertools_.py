import itertools as it
import operator

print(list(it.chain([1], "ab")), list(it.islice(it.count(5, 2), 3)), list(it.accumulate([1, 2, 3])), list(it.repeat("x", 2)))
print(list(it.permutations("abc", 2)), list(it.combinations(range(4), 2)), list(it.product("ab", [1, 2])))
print([(k, list(g)) for k, g in it.groupby("aabbc")], list(it.zip_longest([1], [2, 3], fillvalue=0)), list(it.takewhile(lambda n: n < 3, it.count())))
print(list(it.pairwise([1, 2, 3])), list(it.starmap(operator.mul, [(2, 3)])), list(it.dropwhile(str.isalpha, "ab1c")), list(it.batched("abcde", 2)))
