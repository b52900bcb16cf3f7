t = "  The quick brown fox, the lazy dog.  "
print(t.strip(), t.split(), t.strip().lower().count("the"), sep="\n")
print("a,b,,c".split(","), "-".join("abc"), "abc".replace("b", "X"), "hello".find("l"), "hello".rfind("l"), "x".find("y"))
print("Hello".swapcase(), "hello world".title(), "hello".capitalize(), "HeLLo".casefold(), "abc".center(9, "*"), "7".zfill(3))
print("abc".startswith("ab"), "abc".endswith(("x", "c")), "12".isdigit(), "ab1".isalnum(), " ".isspace(), "Ab".isupper())
print("line1\nline2".splitlines(), "k=v=w".partition("="), "tab\tx".expandtabs(4), "abc"[::-1], "ab" * 3, "b" in "abc")
print(ord("a"), chr(8364), "é".encode(), b"caf\xc3\xa9".decode(), repr("it's \"x\" \\ \n"), "ß".upper(), len("😀"))
print("hello"[1], "a" < "b", "Z" < "a", "abc" == "ABC".lower(), "%s" % "x", "x".join(["1"]), ascii("é"))
print(str.maketrans("ab", "xy"), "abc".translate(str.maketrans("ab", "xy")), "www.x.com".removeprefix("www.").removesuffix(".com"))
print("""triple
  'quoted'""", r"raw\n", "con" "cat", "{}".format("f"), "a\tb")
