students = [
    "Ada",
    "Grace",
    "Linus",

for student in students:
    print("Hello,", student)
