both = [input(), input()]
both.reverse()
for thing in both:
    print(thing)
