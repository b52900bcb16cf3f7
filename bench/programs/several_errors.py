# A little shop
stock = {"tea": 4, "coffee": 7
cart = []

def add(item, amount)
    if item in stock and stock[item] >= amount:
        cart.append((item, amount))
        stock[item] =- amount
    else
        print("Sorry, no " + item)

add("tea", 2)
add("coffee" 3)

total = 0
for item, amount in cart:
    total += amount
print("In the cart: " + str(total)
