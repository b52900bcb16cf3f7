def line(count, total):
    return str(count) + " {{ thing.many }} cost " + str(total) + " {{ money }}"


def main():
    count = int(input())
    total = count * float(input())
    print(line(count, total))
    print(int(total // 1))


main()
