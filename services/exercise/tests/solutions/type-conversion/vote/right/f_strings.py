yes = int(input())
total = int(input())
percent = 100 * yes / total
print(f"{yes} of {total}")
print(f"{round(percent)}% yes")
print(f"{{ who.word }}: {percent >= {{ need }}}")
