import random

random.seed(42)
print(random.random(), random.randint(1, 6), random.choice("abc"), random.sample(range(10), 3), random.uniform(1, 2))
items = list(range(6))
random.shuffle(items)
print(items, random.gauss(0, 1), random.choices("ab", weights=[1, 3], k=4), random.randrange(0, 10, 2))
print(random.Random(7).random())
