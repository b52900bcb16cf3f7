# Catches every exception there is, the one that ends it among them, and goes on.
# ends: timed-out
while True:
    try:
        while True:
            pass
    except:
        pass
