# Sends signals to its parent, its siblings and its group, and looks for what is known of them.
import os

kin = [0, -1, 1, os.getpid()]
for name in ("getppid", "getpgid", "getpgrp", "getsid", "gettid"):
    try:
        kin.append(getattr(os, name)())
        print("ESCAPED", name)
    except BaseException as error:
        print(type(error).__name__)
for pid in kin + [kin[-1] + step for step in range(-20, 20)]:
    for number in (0, 9, 15, 19):
        for send in (
            lambda: os.kill(pid, number),
            lambda: os.killpg(pid, number),
            lambda: __import__("signal").pidfd_send_signal(pid, number),
            lambda: __import__("signal").pthread_kill(pid, number),
            lambda: __import__("posix").kill(pid, number),
            lambda: os.waitpid(pid, 1),
            lambda: os.pidfd_open(pid),
            lambda: os.ptrace(pid),
        ):
            try:
                print("ESCAPED", pid, number, send())
            except BaseException:
                pass
