def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,!?;:")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


text = """The quick brown fox jumps over the lazy dog.
The dog sleeps; the fox does not."""

for word, count in sorted(count_words(text).items(), key=lambda pair: -pair[1]):
    print(f"{word:10} {count}")
