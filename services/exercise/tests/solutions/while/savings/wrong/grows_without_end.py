# verdict: error=out-of-memory; misconception=grows-without-end; score=0
price = int(input())
box = [{{ start }}]
while sum(box[:1]) < price + 10 ** 9:
    box = box + box
print(len(box))
