scores = [70, 85, 92]
for i in range(len(scores) + 1):
    if scores[i] == True:
        print("one")
    elif scores[i] > 90:
        print("great")
    elif scores[i] > 90:
        print("good")
    else:
        print("next time")
