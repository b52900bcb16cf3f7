# Makes a class to make a class.
# ends: raised RecursionError or crashed-allowed
class Meta(type):
    def __new__(cls, name, bases, body):
        return Meta(name, (type(name, (), {}),), body)


class A(metaclass=Meta):
    pass
