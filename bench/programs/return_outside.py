numbers = [4, 8, 15, 16, 23, 42]
biggest = numbers[0]
for number in numbers:
    if number > biggest:
        biggest = number
return biggest
