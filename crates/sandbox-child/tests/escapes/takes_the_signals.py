# Catches the signals that would end it, blocks them, or sends them to others.
for attempt in (
    lambda: __import__("signal").signal(15, lambda *_: None),
    lambda: __import__("signal").signal(24, 1),
    lambda: __import__("signal").alarm(1),
    lambda: __import__("signal").setitimer(0, 1),
    lambda: __import__("signal").pthread_sigmask(0, [24]),
    lambda: __import__("signal").raise_signal(15),
    lambda: __import__("_signal").signal(24, 1),
    lambda: __import__("os").kill(1, 0),
    lambda: __import__("os").kill(__import__("os").getppid(), 0),
    lambda: __import__("os").killpg(0, 0),
    lambda: __import__("os").nice(5),
    lambda: __import__("faulthandler").dump_traceback_later(1),
):
    try:
        print("ESCAPED", attempt())
    except BaseException as error:
        print(type(error).__name__)
