class Shape:
    def __init__(self, name):
        self.name = name

    def area(self):
        raise NotImplementedError

    def __str__(self):
        return f"{self.name}: {self.area():.2f}"


class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side

    def area(self):
        return self.side**2


class Cube(Square):
    def area(self):
        return 6 * super().area()


class Loud:
    def __str__(self):
        return super().__str__().upper() + "!"


class LoudCube(Loud, Cube):
    pass


for shape in (Square(2), Cube(2), LoudCube(3)):
    print(shape, isinstance(shape, Square))
print([cls.__name__ for cls in LoudCube.__mro__], issubclass(Cube, Shape))
try:
    Shape("x").area()
except NotImplementedError as error:
    print(type(error).__name__)
