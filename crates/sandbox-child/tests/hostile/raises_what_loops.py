# An exception whose text never comes.
# ends: raised Slow
class Slow(Exception):
    def __str__(self):
        while True:
            pass


raise Slow()
