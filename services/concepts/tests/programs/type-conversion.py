age = input("How old are you? ")
years = int(input("In how many years? "))
print(age + years)
if age > 17:
    print("grown up")
int(age)
print("You are " + str(years) + 5)
