# Forks without end.
# ends: raised PermissionError or raised AttributeError or raised NotImplementedError
import os
while True:
    os.fork()
