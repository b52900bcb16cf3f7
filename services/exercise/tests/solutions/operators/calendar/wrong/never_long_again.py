# verdict: score<1; test=long again
year = int(input())
print(year % {{ small }} == 0 and year % {{ middle }} != 0)
print(year // {{ small }} - year // {{ middle }})
