import sys

print("a", "b", sep="-", end="!\n")
print()
print([1, "two", 3.0], (1,), {"k": None}, {1}, b"x", range(3), ..., type(1), len)
print("to stderr", file=sys.stderr)
sys.stdout.write("written\n")
sys.stdout.writelines(["x\n", "y\n"])
print(*[1, 2, 3], sep="\n", flush=True)
print("no newline", end="")
