# The factorial of three million.
# ends: timed-out or out-of-memory
import math
math.factorial(3_000_000)
