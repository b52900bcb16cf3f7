# verdict: error=EOFError; misconception=reads-too-much; line=3; score=0
{{ place.first }} = input()
{{ place.second }} = input()
kept = input()
{{ place.first }}, {{ place.second }} = {{ place.second }}, {{ place.first }}
print({{ place.first }})
print({{ place.second }})
