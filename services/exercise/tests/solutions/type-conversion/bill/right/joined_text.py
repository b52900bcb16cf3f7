count = input()
price = input()
total = int(count) * float(price)
words = [str(int(count)), "{{ thing.many }}", "cost", str(total), "{{ money }}"]
print(" ".join(words))
print(int(total))
