def pack(count, boxes=0):
    if count < {{ size }}:
        return boxes, count
    return pack(count - {{ size }}, boxes + 1)


full, left = pack(int(input()))
print(f"{full}\n{left}\n{left == 0}")
