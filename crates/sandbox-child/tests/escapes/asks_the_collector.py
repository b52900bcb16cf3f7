# Looks through everything alive for the nonce and for openers.
import gc
import re
for ask in ("get_objects", "get_referrers", "get_referents"):
    try:
        pending = list(getattr(gc, ask)(*([] if ask == "get_objects" else [gc])))
    except Exception as error:
        print(type(error).__name__)
        continue
    for thing in pending[:200_000]:
        if type(thing) is dict:
            for name, value in list(thing.items()):
                if name in ("nonce", "expected") or type(value) is str and re.fullmatch(r"[0-9a-f]{32}", value):
                    print("ESC" + "APED", name)
        if type(thing) is type and thing.__name__ in ("FileIO", "SourceFileLoader", "FileLoader"):
            try:
                print("ESC" + "APED", thing("CANARY").read())
            except Exception as error:
                print(type(error).__name__)
