def say_hello:
    print("hello")

say_hello()
