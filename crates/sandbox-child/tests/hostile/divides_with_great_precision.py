# A decimal with a hundred million digits.
# ends: timed-out or out-of-memory or raised MemoryError or raised ModuleNotFoundError or raised ImportError
import decimal
decimal.getcontext().prec = 100_000_000
print(decimal.Decimal(1) / decimal.Decimal(7))
