# verdict: score<1; test=some days late
days = int(input())
cost = 0
message = "in time"
if days > {{ free }}:
    cost = days * {{ fee }} + {{ extra }}
    message = "late"
print(cost)
print(message)
