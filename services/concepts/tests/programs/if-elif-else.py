score = int(input("Score? "))
passed = score >= 50
if score >= 50:
    grade = "C"
elif score >= 90:
    grade = "A"
elif score < 20:
    grade = "F"
if passed == True:
    if score > 70:
        print("well done")
if score > 40:
    print("more than forty")
if score > 60:
    print("more than sixty")
else:
    print("sixty at most")
if score != 0 or score != 100:
    print(grade)
