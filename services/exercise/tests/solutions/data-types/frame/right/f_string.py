text = input()
width = 2 + len(text) + 2
print(width * "{{ top }}")
print(f"{{ side }} {text} {{ side }}")
print(width * "{{ bottom }}")
print(width)
