# What is typed is text: convert it, then calculate.
first = input("First number: ")
second = input("Second number: ")
print()
print("As text:", first + second)
print("As numbers:", int(first) + int(second))
