# Sends itself a signal.
# ends: raised PermissionError or raised AttributeError or raised NotImplementedError
import os
os.kill(os.getpid(), 9)
