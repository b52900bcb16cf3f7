# Aborts the process, by every name that might be there.
# ends: raised PermissionError or raised AttributeError or raised NotImplementedError
import os
os.abort()
