# Starts threads without end.
# ends: raised RuntimeError or raised ImportError or raised ModuleNotFoundError or raised AttributeError or raised NotImplementedError or raised PermissionError
import threading
while True:
    threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
