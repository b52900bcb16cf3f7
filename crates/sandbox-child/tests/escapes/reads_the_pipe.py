# Reads the order from the pipe that it came through.
import io
import os
import sys
for read in (
    lambda: os.read(0, 100), lambda: io.FileIO(0).read(), lambda: open(0).read(), lambda: sys.stdin.buffer.read(),
    lambda: sys.__stdin__.buffer.raw.read(), lambda: sys.stdin.read(), lambda: sys.__stdin__.read(),
):
    try:
        found = read()
        if found:
            print("ESCAPED", found)
    except Exception as error:
        print(type(error).__name__)
