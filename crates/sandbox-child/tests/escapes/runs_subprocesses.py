# Starts other programs by the library.
# spoils: its own job
for attempt in (
    lambda: __import__("subprocess").run(["/bin/sh", "-c", "echo owned > CANARY"], check=True),
    lambda: __import__("subprocess").Popen(["/bin/sh"]),
    lambda: __import__("subprocess").check_output("id", shell=True),
    lambda: __import__("subprocess").getoutput("id"),
    lambda: __import__("_posixsubprocess").fork_exec([b"sh"], [b"/bin/sh"], True, (), None, None, -1, -1, -1, -1, -1, -1),
    lambda: __import__("multiprocessing").Process(target=print).start() or True,
    lambda: __import__("multiprocessing").Pool(1),
    lambda: __import__("concurrent.futures").futures.ProcessPoolExecutor(1).submit(print).result() or True,
    lambda: __import__("pty").spawn("/bin/sh"),
    lambda: __import__("pty").fork(),
    lambda: __import__("webbrowser").open("http://127.0.0.1/"),
    lambda: __import__("ensurepip").bootstrap() or True,
):
    try:
        found = attempt()
        if found:
            print("ESCAPED", found)
    except BaseException as error:
        print(type(error).__name__)
