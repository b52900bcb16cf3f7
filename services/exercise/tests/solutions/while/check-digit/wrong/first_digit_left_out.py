# verdict: score<1; test=a single digit
number = int(input())
total = 0
count = 0
while number >= 10:
    digit = number % 10
    total = total + digit
    if digit == {{ special }}:
        count = count + 1
    number = number // 10
print(total)
print(count)
print(total % {{ modulus }})
