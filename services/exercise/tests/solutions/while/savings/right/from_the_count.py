price = int(input())
{{ period }}s = 0
while {{ start }} + {{ saved }} * {{ period }}s < price:
    {{ period }}s += 1
print({{ period }}s)
print({{ start }} + {{ saved }} * {{ period }}s - price)
