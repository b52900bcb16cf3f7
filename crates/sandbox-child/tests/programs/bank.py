accounts = {}


def deposit(name, amount):
    accounts[name] = accounts.get(name, 0) + amount


def withdraw(name, amount):
    if accounts.get(name, 0) < amount:
        raise ValueError(f"{name} has only {accounts.get(name, 0)}")
    accounts[name] -= amount


while True:
    command, *rest = input().split()
    if command == "quit":
        break
    try:
        {"deposit": deposit, "withdraw": withdraw}[command](rest[0], int(rest[1]))
    except KeyError:
        print("unknown command", command)
    except ValueError as error:
        print("error:", error)
    except IndexError:
        print("usage")
for name in sorted(accounts):
    print(f"{name:<10}{accounts[name]:>8.2f}")
