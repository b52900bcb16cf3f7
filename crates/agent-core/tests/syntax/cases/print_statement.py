total = 3
print "Total:", total
