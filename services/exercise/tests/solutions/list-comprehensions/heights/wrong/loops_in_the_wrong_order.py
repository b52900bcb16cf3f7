# verdict: score<1
def summits(rows):
    high = [[{{ change.code }} for height in row if height {{ rule.sign }} {{ limit }}] for row in rows]
    best = [{{ pick.call }}(row) for row in rows]
    wet = [place for place in range(len(rows)) if min(rows[place]) < 0]
    return high, best, wet
