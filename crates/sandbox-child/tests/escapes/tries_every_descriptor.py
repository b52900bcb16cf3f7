# Reads, writes, copies and takes connections from every descriptor that its parent may have left it.
import io
import os
import sys

ways = (
    lambda fd: os.read(fd, 1),
    lambda fd: os.write(fd, b'{"nonce":"","said":{"Killed":{"signal":9}}}\n'),
    lambda fd: os.dup(fd),
    lambda fd: os.dup2(fd, 0),
    lambda fd: os.fstat(fd),
    lambda fd: os.close(fd),
    lambda fd: os.ttyname(fd),
    lambda fd: os.pread(fd, 1, 0),
    lambda fd: os.readlink("/proc/self/fd/" + str(fd)),
    lambda fd: open(fd, "rb", closefd=False).read(1),
    lambda fd: io.FileIO(fd, "r", closefd=False).read(1),
    lambda fd: io.open_code("/proc/self/fd/" + str(fd)),
    lambda fd: os.fdopen(fd, "w"),
    lambda fd: __import__("fcntl").fcntl(fd, 1),
    lambda fd: __import__("mmap").mmap(fd, 1),
    lambda fd: __import__("select").select([fd], [], [], 0),
    lambda fd: __import__("_socket").socket(fileno=fd).accept(),
    lambda fd: __import__("socket").socket(fileno=fd).recvmsg(1, 64),
    lambda fd: __import__("socket").fromfd(fd, 1, 1),
)
for fd in range(65):
    for place, way in enumerate(ways):
        try:
            print("ESCAPED", fd, place, way(fd))
        except BaseException:
            pass
