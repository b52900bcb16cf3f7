# Has library modules write a host file.
# spoils: its own job
for attempt in (
    lambda: __import__("shutil").copy("CANARY", "CANARY.copy"),
    lambda: __import__("shutil").move("CANARY", "CANARY.moved"),
    lambda: __import__("shutil").rmtree("HOSTDIR"),
    lambda: __import__("logging").FileHandler("CANARY.log").emit,
    lambda: __import__("shelve").open("CANARY.db"),
    lambda: __import__("dbm").open("CANARY.dbm", "c"),
    lambda: __import__("sqlite3").connect("CANARY.sqlite").execute("create table t (x)"),
    lambda: __import__("trace").Trace(outfile="CANARY.trace").run("1"),
    lambda: __import__("cProfile").run("1", "CANARY.profile"),
    lambda: __import__("py_compile").compile("HOSTDIR/hostmodule.py", doraise=True),
    lambda: __import__("compileall").compile_dir("HOSTDIR", quiet=2) and None,
    lambda: __import__("faulthandler").dump_traceback(open("CANARY.fault", "w")),
    lambda: __import__("pickle").dump(1, open("CANARY.pickle", "wb")),
    lambda: __import__("tarfile").open("CANARY.tar", "w"),
):
    try:
        if attempt() is not None:
            print("ESCAPED")
    except BaseException as error:
        print(type(error).__name__)
