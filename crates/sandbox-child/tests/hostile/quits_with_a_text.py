# Leaves by `quit` with a text.
# ends: exited
quit("enough")
