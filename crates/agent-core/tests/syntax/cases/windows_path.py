path = "C:\Users\ann"
