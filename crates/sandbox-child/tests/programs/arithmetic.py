import math
from decimal import Decimal, getcontext
from fractions import Fraction

print(7 // 2, -7 // 2, 7 % -3, 2**10, 7 / 2, divmod(17, 5), abs(-3), round(2.5), round(3.14159, 2), round(1234, -2))
print(0.1 + 0.2, 1e16 + 1, int("0b101", 0), int("ff", 16), float("1e3"), hex(255), oct(8), bin(5), 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4)
print(math.sqrt(16), math.floor(-1.5), math.ceil(1.2), math.gcd(12, 18), math.factorial(20), math.pi, math.inf, math.isclose(0.3, 0.1 + 0.2))
print(Decimal("0.1") + Decimal("0.2"), Fraction(1, 3) + Fraction(1, 6), 3 + 4j, abs(3 + 4j), 10**30, 2**0.5)
print(1_000_000, True + True, int(-3.9), float("nan") == float("nan"), 3 == 3.0, isinstance(True, int), (5).bit_length(), 0.5.as_integer_ratio())
print(pow(2, 100, 7), max(1, 2.5), min([3, 1]), sum(range(101)), math.comb(5, 2), math.hypot(3, 4), 10 ** -2, 1 < 2 < 3)
