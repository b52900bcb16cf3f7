# verdict: misconception=hard-coded; says=written into the program; score<0.3
start = int(input())
bonus = int(input())
print({{ (shown_start + shown_bonus) * times }})
print({{ (shown_start + shown_bonus) * times - shown_start }})
