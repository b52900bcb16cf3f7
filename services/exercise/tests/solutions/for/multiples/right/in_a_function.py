def main():
    limit = int(input())
    total = count = 0
    for number in range({{ first }}, limit + 1):
        if number % {{ factor }}:
            continue
        total, count = total + number, count + 1
    print(total, count, sep="\n")


main()
