width = int(input("Width? "))
height = int(input("Height? "))
area = width * height
print("Area", area)
if area > 10 == True:
    print("large")
width = int(input("Width? "))
height = int(input("Height? "))
area = width * height
print("Area", area)
