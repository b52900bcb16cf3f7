# verdict: score<1; test=over midnight
travel = int(input())
total = {{ hour * 60 + minute }} + travel
print(total // 60)
print(total % 60)
print(total // 1440)
