# Closes and exchanges the pipes of the process.
import os
import sys
for descriptor in range(10):
    for close in (
        lambda: os.close(descriptor), lambda: os.dup(descriptor), lambda: os.dup2(descriptor, 1), lambda: os.pipe(),
        lambda: os.closerange(0, 10), lambda: os.set_inheritable(descriptor, True), lambda: os.lseek(descriptor, 0, 0),
        lambda: os.ftruncate(descriptor, 0), lambda: os.memfd_create("x"), lambda: os.eventfd(0),
        lambda: os.set_blocking(descriptor, False), lambda: os.pidfd_open(1),
    ):
        try:
            done = close()
            print("ESCAPED", descriptor, done)
        except Exception as error:
            pass
for stream in (sys.stdout, sys.stderr, sys.stdin):
    try:
        stream.close()
    except Exception as error:
        pass
