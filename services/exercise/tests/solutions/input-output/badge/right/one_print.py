name, {{ what.one }} = input(), input()
print("Name: ", name, "\n", "{{ what.label }}: ", {{ what.one }}, "\n", name, "{{ mark }}", {{ what.one }}, sep="")
