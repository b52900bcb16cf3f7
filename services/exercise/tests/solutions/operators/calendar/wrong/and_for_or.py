# verdict: score<1; test=a usual long year
year = int(input())
usual = year % {{ small }} == 0 and year % {{ middle }} != 0
again = year % {{ large }} == 0
print(usual and again)
print(year // {{ small }} - year // {{ middle }} + year // {{ large }})
