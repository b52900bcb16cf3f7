# verdict: misconception=wrong-order; score<0.3
{{ place.first }} = input()
{{ place.second }} = input()
print({{ place.first }})
print({{ place.second }})
