# verdict: error=too-much-output; misconception=endless-loop; line=2; says=no `break` leaves the loop; score=0
price = int(input())
while True:
    print("I am saving for something that is really very expensive, " * 20)
