# Leaves past every handler.
# ends: raised PermissionError or raised AttributeError or raised ImportError or raised ModuleNotFoundError or exited or crashed-allowed or raised NotImplementedError
import os
os._exit(0)
