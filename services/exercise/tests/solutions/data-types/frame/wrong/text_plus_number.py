# verdict: error=TypeError; score=0; line=2
text = input()
width = text + 4
print("{{ top }}" * width)
print("{{ side }} " + text + " {{ side }}")
print("{{ bottom }}" * width)
print(width)
