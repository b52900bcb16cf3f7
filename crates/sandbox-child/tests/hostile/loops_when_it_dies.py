# Loops in a finaliser, at the end of the program.
# ends: timed-out or finished
class Late:
    def __del__(self):
        while True:
            pass


late = Late()
late.self = late
