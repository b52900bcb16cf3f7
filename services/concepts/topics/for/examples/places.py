names = ["Ada", "Alan", "Grace"]
for place, name in enumerate(names, start=1):
    print(place, name)
