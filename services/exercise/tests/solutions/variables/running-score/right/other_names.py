first = int(input())
more = int(input())
points = (first + more) * {{ times }}
grown = points - first
print(points)
print(grown)
