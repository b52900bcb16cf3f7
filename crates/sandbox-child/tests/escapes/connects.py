# Reaches for the network by sockets.
for name in ("socket", "_socket"):
    try:
        module = __import__(name)
        for family in (1, 2, 10, 16, 17):
            for kind in (1, 2, 3):
                try:
                    print("ESCAPED", module.socket(family, kind))
                except Exception as error:
                    print(type(error).__name__)
        for act in (lambda: module.create_connection(("127.0.0.1", 80), 1), lambda: module.socketpair(),
                    lambda: module.getaddrinfo("localhost", 80), lambda: module.fromfd(0, 1, 1),
                    lambda: module.create_server(("127.0.0.1", 0))):
            try:
                print("ESCAPED", act())
            except Exception as error:
                print(type(error).__name__)
    except Exception as error:
        print(type(error).__name__)
