prices = {
    "apple": 0.5,
    "bread": 2.2
    "milk": 1.1,
}
basket = ["apple", "milk", "milk"]
print(sum(prices[item] for item in basket))
