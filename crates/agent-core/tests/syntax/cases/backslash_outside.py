print("a", \n, "b")
