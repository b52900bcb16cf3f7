"""What a check of ours finds: things that must be so, counted, and conditions that it waits for.

Not here: what is checked. Needs nothing but Python's own library.
"""

import sys
import time


class Findings:
    """The things that were looked at so far. Those that are not so are told at once, and do not end the check."""

    def __init__(self, tells_all=True):
        """`tells_all`: what is so is told too."""
        self.tells_all, self.passed, self.failures = tells_all, 0, []

    def holds(self, what, is_so, found=""):
        """One thing that must be so."""
        if not is_so:
            self.failures.append(what)
            print(f"not so: {what} {found}", file=sys.stderr, flush=True)
            return
        self.passed += 1
        if self.tells_all:
            print(f"  {what}", flush=True)

    def end(self, name):
        """Ends the script, with the sum."""
        print(f"{name}: {self.passed} passed, {len(self.failures)} failed")
        sys.exit(1 if self.failures else 0)


def until(what, is_so, within_s=120, every_s=0.2):
    """Waits for a condition; how long it took, in seconds. What it is may be a function, which knows more at the end."""
    start = time.monotonic()
    while not is_so():
        if time.monotonic() - start > within_s:
            raise SystemExit(f"within {within_s} s it does not come to the point where {what() if callable(what) else what}")
        time.sleep(every_s)
    return time.monotonic() - start
