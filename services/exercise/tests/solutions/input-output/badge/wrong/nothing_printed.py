# verdict: misconception=nothing-printed; score=0
name = input()
other = input()
badge = "Name: " + name
