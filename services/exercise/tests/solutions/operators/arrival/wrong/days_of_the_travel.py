# verdict: score<1
travel = int(input())
total = {{ hour * 60 + minute }} + travel
print(total // 60 % 24)
print(total % 60)
print(travel // 1440)
