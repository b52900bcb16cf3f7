# verdict: score<1
def rows(seats):
    chosen = [seat / {{ width }} for seat in seats if seat % {{ width }} == 0]
    return chosen
