year = int(input())
print(year % {{ large }} == 0 or (year % {{ small }} == 0 and not year % {{ middle }} == 0))
first = year // {{ small }}
second = year // {{ middle }}
third = year // {{ large }}
print(first - second + third)
