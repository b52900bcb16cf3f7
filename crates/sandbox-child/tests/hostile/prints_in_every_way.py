# Writes past `print`: to the stream, its writelines, and a copy of it.
# ends: too-much-output
import sys
out = sys.stdout
while True:
    out.write("a" * 100)
    out.writelines(["b\n"] * 10)
    print("c", file=out, flush=True)
