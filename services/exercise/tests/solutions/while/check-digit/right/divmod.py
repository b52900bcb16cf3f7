number = int(input())
total = count = 0
while number:
    number, digit = divmod(number, 10)
    total += digit
    count += digit == {{ special }}
print(total, count, total % {{ modulus }}, sep="\n")
