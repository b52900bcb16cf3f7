1st_place = "Ada"
2nd_place = "Grace"
print(1st_place, "won before", 2nd_place)
