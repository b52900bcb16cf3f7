text = input()
int(text) = 5
