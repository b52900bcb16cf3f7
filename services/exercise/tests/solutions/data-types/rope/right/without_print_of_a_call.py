length = int(input())
part = length / {{ parts }}
kind_of_length = type(length)
kind_of_part = type(part)
print(part, kind_of_length, kind_of_part, sep="\n")
