money = 100
years = 0
while money < 200:
    money = money * 1.1
    years += 1
print(years, round(money, 2))
