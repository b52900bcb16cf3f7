# verdict: score<1; test=heights at the borders
def summits(rows):
    high = [{{ change.code }} for row in rows for height in row if height {{ rule.sign }} {{ limit }}]
    best = [{{ pick.call }}(row) for row in rows]
    wet = [row for row in rows if min(row) < 0]
    return high, best, wet
