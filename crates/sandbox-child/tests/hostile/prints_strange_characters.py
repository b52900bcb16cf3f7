# Prints lone surrogates, NULs and every control character.
# ends: finished or raised UnicodeEncodeError
print("\0" * 100, "".join(map(chr, range(32))), "\x7f\x80\u2028\u2029\ufeff")
print("\ud800 \udfff \U0010ffff")
