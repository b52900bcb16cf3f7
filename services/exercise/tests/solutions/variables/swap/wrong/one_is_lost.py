# verdict: score<0.5
{{ place.first }} = input()
{{ place.second }} = input()
{{ place.first }} = {{ place.second }}
{{ place.second }} = {{ place.first }}
print({{ place.first }})
print({{ place.second }})
