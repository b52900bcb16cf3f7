# Reads and writes a host file by the built-in `open`, in every mode.
for mode in ("r", "rb", "w", "a", "x", "r+", "w+b"):
    try:
        with open("CANARY", mode) as file:
            print("ESCAPED", mode, file.read() if "r" in mode else file.write("owned"))
    except Exception as error:
        print(type(error).__name__)
