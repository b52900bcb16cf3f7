price = int(input())
box, count = {{ start }}, 0
while True:
    if box >= price:
        break
    box, count = box + {{ saved }}, count + 1
print(count, box - price, sep="\n")
