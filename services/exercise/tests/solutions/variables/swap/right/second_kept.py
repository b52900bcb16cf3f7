{{ place.first }} = input()
{{ place.second }} = input()
temporary = {{ place.second }}
{{ place.second }} = {{ place.first }}
{{ place.first }} = temporary
print({{ place.first }}, {{ place.second }}, sep="\n")
