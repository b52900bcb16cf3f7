# A pickle that calls what it should not, then one that grows.
# ends: raised ImportError or raised ModuleNotFoundError or raised AttributeError or raised PermissionError or raised UnpicklingError or out-of-memory or finished
import pickle
pickle.loads(b"cos\nsystem\n(S'true'\ntR.")
