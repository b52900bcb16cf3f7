from abc import ABC, abstractmethod


class Animal(ABC):
    @abstractmethod
    def sound(self): ...

    def speak(self, times=1):
        return " ".join([self.sound()] * times)


class Dog(Animal):
    def sound(self):
        return "woof"


print(Dog().speak(2))
try:
    Animal()
except TypeError as error:
    print("TypeError", "abstract" in str(error))
