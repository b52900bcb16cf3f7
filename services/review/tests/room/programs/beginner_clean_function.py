def average(numbers):
    """Gives the mean of the numbers, 0 for none."""
    if not numbers:
        return 0
    total = sum(numbers)
    return total / len(numbers)


print(f"The average is {average([3, 5, 10])}.")
