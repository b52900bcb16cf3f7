class Account:
    interest = 0.02
    count = 0

    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        Account.count += 1

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        if value < 0:
            raise ValueError("negative")
        self._balance = value

    @classmethod
    def empty(cls, owner):
        return cls(owner)

    @staticmethod
    def is_valid(name):
        return name.isalpha()

    def __repr__(self):
        return f"Account({self.owner!r}, {self._balance})"

    def __eq__(self, other):
        return isinstance(other, Account) and self.owner == other.owner

    def __lt__(self, other):
        return self._balance < other._balance

    def __add__(self, other):
        return Account(self.owner + other.owner, self._balance + other._balance)

    def __len__(self):
        return self._balance

    def __bool__(self):
        return self._balance > 0

    def __call__(self, amount):
        self.balance += amount
        return self

    def __getitem__(self, index):
        return str(self._balance)[index]

    def __contains__(self, letter):
        return letter in self.owner

    def __hash__(self):
        return hash(self.owner)


a, b = Account("ann", 10), Account.empty("bob")
print(a, b, a == b, a < b, a + b, len(a), bool(b), a(5), a[0], "n" in a)
try:
    a.balance = -1
except ValueError as error:
    print("refused:", error)
print(Account.count, Account.is_valid("x1"), sorted([a, b]), {a: 1}[Account("ann")], vars(b))
