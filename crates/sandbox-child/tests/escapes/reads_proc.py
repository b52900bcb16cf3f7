# Looks at itself and others from outside: memory, maps, environment, descriptors.
import io
for path in ("/proc/self/environ", "/proc/self/maps", "/proc/self/mem", "/proc/self/cmdline", "/proc/self/fd/0",
             "/proc/self/fd/1", "/proc/1/environ", "/proc/self/status", "/dev/null", "/dev/tty", "/dev/stdout",
             "/dev/fd/1", "/etc/passwd", "/sys/kernel"):
    for opener in (open, io.open, io.FileIO):
        try:
            print("ESCAPED", path, opener(path).read(10))
        except Exception as error:
            print(type(error).__name__)
