# Sleeps in small steps and swallows what would wake it.
# ends: timed-out
import time
while True:
    try:
        time.sleep(0.01)
    except BaseException:
        continue
