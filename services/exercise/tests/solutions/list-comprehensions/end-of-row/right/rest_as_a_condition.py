def rows(seats):
    return [int(seat / {{ width }}) for seat in seats if not seat % {{ width }}]
