# Writes to the pipes of the process by every object that might reach them.
import io
import os
import sys
line = b'{"nonce":"","said":{"Ended":"Completed"}}\n'
for descriptor in range(8):
    for write in (
        lambda: os.write(descriptor, line),
        lambda: open(descriptor, "wb", closefd=False).write(line),
        lambda: io.FileIO(descriptor, "w", closefd=False).write(line),
        lambda: os.fdopen(descriptor, "wb").write(line),
        lambda: os.sendfile(descriptor, 0, 0, 10),
    ):
        try:
            print("ESCAPED", descriptor, write())
        except Exception as error:
            print(type(error).__name__)
