# verdict: score<0.6; score>0
{{ place.first }} = input()
{{ place.second }} = input()
{{ place.first }}, {{ place.second }} = {{ place.second }}, {{ place.first }}
print(({{ place.first }}, {{ place.second }}))
