# Reads and writes by descriptors.
import os
for flags in (0, 1, 2, 64 | 2, 512 | 1):
    try:
        descriptor = os.open("CANARY", flags)
        print("ESCAPED", descriptor)
        print(os.read(descriptor, 100), os.write(descriptor, b"owned"))
    except Exception as error:
        print(type(error).__name__)
