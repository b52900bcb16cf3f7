"""A module with a doc."""
import sys


def main(argv):
    print(__name__, __doc__, len(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
