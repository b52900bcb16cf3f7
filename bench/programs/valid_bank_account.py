class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("a deposit is more than nothing")
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("not enough money")
        self.balance -= amount
        self.history.append(("withdraw", amount))

    def report(self):
        lines = [f"Account of {self.owner}"]
        for kind, amount in self.history:
            lines.append(f"  {kind:10} {amount:8.2f}")
        lines.append(f"  {'balance':10} {self.balance:8.2f}")
        return "\n".join(lines)


account = Account("Ada", 100)
account.deposit(50)
try:
    account.withdraw(500)
except ValueError as error:
    print("Refused:", error)
account.withdraw(30)
print(account.report())
