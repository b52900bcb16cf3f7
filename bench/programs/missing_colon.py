# Grades to letters
def letter(score):
    if score >= 90:
        return "A"
    elif score >= 80
        return "B"
    elif score >= 70:
        return "C"
    return "F"


scores = [91, 84, 77, 60]
for score in scores:
    print(score, letter(score))
