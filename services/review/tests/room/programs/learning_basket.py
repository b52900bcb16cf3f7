class Basket:
    items = []

    def _init_(self, owner):
        self.owner = owner

    def add(self, item, log=[]):
        self.items = self.items.append(item)
        log.append(item)

    def show():
        for i in range(len(self.items)):
            print(self.items[i])
