# Has the compiler read 100,000 parentheses, brackets and minus signs.
# ends: crashed-allowed or raised SyntaxError or raised RecursionError or raised MemoryError or out-of-memory
for text in ("(" * 100_000 + ")" * 100_000, "[" * 100_000, "-" * 100_000 + "1", "not " * 50_000 + "1"):
    eval(text)
