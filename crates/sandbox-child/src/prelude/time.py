"""Time and chance that are the same in each run. Not here: how time passes (moment.rs)."""

import sys, time
import _exercise

reset = sys._reset_random_bytes
del sys._reset_random_bytes

time.time_ns = _exercise.wall_ns
time.monotonic_ns = _exercise.monotonic_ns
time.perf_counter_ns = time.process_time_ns = time.thread_time_ns = _exercise.counter_ns
wall, monotonic, counter = _exercise.wall_ns, _exercise.monotonic_ns, _exercise.counter_ns
time.time = lambda: wall() / 1e9
time.monotonic = lambda: monotonic() / 1e9
time.perf_counter = time.process_time = time.thread_time = lambda: counter() / 1e9
pause = _exercise.sleep


def sleep(seconds):
    """Lets the given number of seconds pass. Nobody waits for them here."""
    if not isinstance(seconds, (int, float)):
        raise TypeError("'" + type(seconds).__name__ + "' object cannot be interpreted as an integer")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    pause(float(seconds))


sleep.__module__ = "time"
time.sleep = sleep
broken_down, text_of, formatted = time.gmtime, time.asctime, time.strftime
now = time.time
time.gmtime = time.localtime = lambda seconds=None: broken_down(now() if seconds is None else seconds)
time.asctime = lambda moment=None: text_of(time.gmtime() if moment is None else moment)
time.ctime = lambda seconds=None: text_of(time.gmtime(seconds))
time.strftime = lambda form, moment=None: formatted(form, time.gmtime() if moment is None else moment)
time.timezone = time.altzone = time.daylight = 0
time.tzname = ("UTC", "UTC")

import random

seed_with = random.Random.seed
unseeded = [0]


def seed(self, a=None, version=2):
    """Starts the generator anew. Without a seed it is the same in each run here."""
    if a is None:
        unseeded[0] += 1
        a = "agent bus " + str(unseeded[0])
    seed_with(self, a, version)


random.Random.seed = seed
shared = random._inst
random.seed = shared.seed


def reseed():
    reset()
    unseeded[0] = 0
    seed_with(shared, 20250101)


# Taken away again before the first program.
sys._reseed = reseed
