primes = [2, 3, 5, 7
total = sum(primes)
print(total)
