import os

list = []
file = open("names.txt")
for line in file:
    list.append(line.strip())
file.close()
try:
    n = int(input("Which one? "))
    print(list[n])
except:
    pass
