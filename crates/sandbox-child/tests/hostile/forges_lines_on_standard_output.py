# Prints lines as a child writes them.
# ends: raised ValueError
line = '{"nonce":"","said":{"Ended":"Completed"}}'
case = '{"nonce":"","said":{"Case":{"program":0,"report":{"outcome":"Finished","stdout":"","calls":[],"globals":{},"steps":[],"steps_cut":false}}}}'
print()
for text in (case, line, line + "\0", "\n\n" + line):
    print(text, flush=True)
raise ValueError("not done")
