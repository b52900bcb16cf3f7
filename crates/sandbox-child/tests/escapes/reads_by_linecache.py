# Has the modules that show source text read a host file.
for attempt in (
    lambda: __import__("linecache").getlines("CANARY"),
    lambda: __import__("linecache").getline("CANARY", 1),
    lambda: __import__("tokenize").open("CANARY").read(),
    lambda: __import__("codecs").open("CANARY").read(),
    lambda: list(__import__("fileinput").input("CANARY")),
    lambda: __import__("configparser").ConfigParser().read("CANARY"),
    lambda: __import__("glob").glob("/*"),
    lambda: __import__("filecmp").cmp("CANARY", "CANARY"),
    lambda: __import__("mimetypes").read_mime_types("CANARY"),
    lambda: __import__("netrc").netrc("CANARY"),
    lambda: __import__("plistlib").load(open("CANARY", "rb")),
):
    try:
        found = attempt()
        if found:
            print("ESCAPED", found)
    except BaseException as error:
        print(type(error).__name__)
