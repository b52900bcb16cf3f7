# Sleeps for eleven days. Nobody waits: time passes in the program alone.
# ends: finished
import time
time.sleep(1_000_000)
