def greet(name):
    print("Welcome, " + name)


greet("Sam)
greet("Alex"
