# verdict: misconception=left-to-right; score<1
length = int(input())
area = length * {{ width }}
fence = 2 * length + {{ width }} - {{ gate }}
print(area)
print(fence)
