number = int(input())
except ValueError:
    print("no number")
