# Swallows what is raised by leaving through `finally`, again and again.
# ends: timed-out
def once():
    try:
        while True:
            pass
    finally:
        return 1


while True:
    once()
