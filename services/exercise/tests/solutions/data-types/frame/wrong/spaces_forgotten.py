# verdict: score<1
text = input()
width = len(text) + 4
print("{{ top }}" * width)
print("{{ side }}" + text + "{{ side }}")
print("{{ bottom }}" * width)
print(width)
