# A conversion makes a new value; the old one stays what it was.
answer = "12"
int(answer)
print(type(answer).__name__)

answer = int(answer)
print(type(answer).__name__)
