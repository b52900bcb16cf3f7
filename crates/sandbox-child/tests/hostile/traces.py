# Traces itself, and loops in the tracer.
# ends: timed-out or raised RuntimeError or raised AttributeError or finished
import sys


def tracer(frame, event, arg):
    while True:
        pass


sys.settrace(tracer)


def f():
    return 1


f()
