def swapped(a, b):
    return b, a


{{ place.first }}, {{ place.second }} = swapped(input(), input())
print(f"{{ '{' }}{{ place.first }}}\n{{ '{' }}{{ place.second }}}")
