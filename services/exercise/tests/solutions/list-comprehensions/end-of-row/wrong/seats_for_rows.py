# verdict: misconception=element-is-value; score<1
def rows(seats):
    chosen = [seat for seat in seats if seat % {{ width }} == 0]
    return chosen
