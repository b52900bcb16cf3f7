"""Counts words."""

import sys
from collections import Counter

TOP = 3


def count_words(path: str) -> Counter:
    """Gives each word of a file with how often it occurs."""
    with open(path, encoding="utf-8") as file:
        return Counter(word.lower() for line in file for word in line.split())


def main() -> None:
    """Prints the most frequent words of the file that is named."""
    try:
        counts = count_words(sys.argv[1])
    except FileNotFoundError as error:
        sys.exit(f"no such file: {error.filename}")
    for place, (word, count) in enumerate(counts.most_common(TOP), start=1):
        print(f"{place}. {word} ({count})")


if __name__ == "__main__":
    main()
