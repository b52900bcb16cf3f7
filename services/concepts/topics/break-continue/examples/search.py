names = ["Ada", "Alan", "Grace"]
for name in names:
    if name.startswith("B"):
        print("found", name)
        break
else:
    print("no name with B")
