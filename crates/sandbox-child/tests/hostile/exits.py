# Leaves by `exit()`.
# ends: exited
try:
    exit()
finally:
    print("leaving")
