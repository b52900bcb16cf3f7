# Has the compiler read a sum of 200,000 terms.
# ends: raised SyntaxError or crashed-allowed or raised RecursionError or raised MemoryError or out-of-memory or finished
print(eval("+".join(["1"] * 200_000)))
