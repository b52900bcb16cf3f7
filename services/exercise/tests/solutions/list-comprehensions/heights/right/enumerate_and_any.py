def summits(rows):
    high = [{{ change.code }} for row in rows for height in row if height {{ rule.sign }} {{ limit }}]
    best = [{{ pick.call }}(heights) for heights in rows]
    wet = [place for place, row in enumerate(rows) if any(height < 0 for height in row)]
    return high, best, wet
