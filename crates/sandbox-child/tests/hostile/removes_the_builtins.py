# Deletes every built-in name.
# ends: raised NameError or raised KeyError or raised AttributeError or finished or raised ImportError or raised RuntimeError
import builtins
for name in list(vars(builtins)):
    delattr(builtins, name)
print("gone")
