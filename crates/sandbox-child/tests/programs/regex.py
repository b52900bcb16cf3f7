import re

text = "Call 555-1234 or 555-9999, mail ann@x.org."
print(re.findall(r"\d{3}-\d{4}", text), re.search(r"(\w+)@(\w+)\.org", text).groups(), re.sub(r"\d", "#", text))
print(re.split(r"[,\s]+", "a, b  c"), bool(re.match(r"call", text)), bool(re.match(r"call", text, re.I)), re.fullmatch(r"a+", "aab"))
m = re.search(r"(?P<area>\d+)-(?P<number>\d+)", text)
print(m.group("area"), m.start(), m.span("number"), m.groupdict(), [x.group() for x in re.finditer(r"\b\w{2}\b", text)])
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.compile(r"^\s*#", re.M).findall("# a\nb\n # c"), re.escape("a.b"))
