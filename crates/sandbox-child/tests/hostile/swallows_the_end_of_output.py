# Catches whatever the output's limit raises, and goes on printing.
# ends: too-much-output
while True:
    try:
        print("y" * 500)
    except BaseException:
        pass
