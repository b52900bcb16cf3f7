length = int(input())
width = {{ width }}
print(length * width)
print(length + width + length + width - {{ gate }})
