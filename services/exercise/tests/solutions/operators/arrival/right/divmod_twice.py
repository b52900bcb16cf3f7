travel = int(input())
hours, minute = divmod({{ hour * 60 + minute }} + travel, 60)
days, hour = divmod(hours, 24)
print(f"{hour}\n{minute}\n{days}")
