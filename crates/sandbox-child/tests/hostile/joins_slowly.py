# Builds a text by adding in front, and counts in it each time.
# ends: timed-out or out-of-memory
s = ""
while True:
    s = "ab" + s
    s.count("ba")
