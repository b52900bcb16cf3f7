b = b"abc"
print(b[0], b[1:], b + b"\x00\xff", bytes([65, 66]), bytearray(b"x") + b"y", b.hex(), bytes.fromhex("ff00"), list(b))
print(int.from_bytes(b"\x01\x00", "big"), (258).to_bytes(2, "little"), "ü".encode("latin-1"), b"\xfc".decode("latin-1"), memoryview(b)[1])
import base64
import hashlib

print(base64.b64encode(b"hello"), hashlib.sha256(b"x").hexdigest()[:8], hashlib.md5(b"x").hexdigest()[:8])
try:
    b"\xff".decode()
except UnicodeDecodeError as error:
    print(type(error).__name__)
