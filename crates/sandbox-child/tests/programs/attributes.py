class Typed:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, 0)

    def __set__(self, instance, value):
        if not isinstance(value, int):
            raise TypeError(f"{self.name} must be int")
        instance.__dict__[self.name] = value


class Thing:
    __slots__ = ("__dict__",)
    size = Typed()

    def __getattr__(self, name):
        return f"no {name}"


t = Thing()
t.size = 3
print(t.size, t.color, hasattr(t, "x"), getattr(t, "size"), dir(t)[:0], callable(t))
try:
    t.size = "big"
except TypeError as error:
    print(error)


class Meta(type):
    def __new__(cls, name, bases, names):
        return super().__new__(cls, name, bases, {**names, "tag": name.lower()})


class Tagged(metaclass=Meta):
    pass


print(Tagged.tag, type(Tagged).__name__, type("Made", (), {"x": 1})().x)
