def show(label, value):
    print("{}: {}".format(label, value))


name = input()
second = input()
show("Name", name)
show("{{ what.label }}", second)
print("{0}{{ mark }}{1}".format(name, second))
