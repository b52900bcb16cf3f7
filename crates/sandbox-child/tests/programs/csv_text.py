import csv
import io

rows = list(csv.DictReader(io.StringIO('name,age\nAnn,30\n"Bob, Jr",25\n')))
print(rows, sum(int(row["age"]) for row in rows))
out = io.StringIO()
writer = csv.writer(out)
writer.writerow(["a", 'say "hi"', 1])
writer.writerows([[1, 2], [3, None]])
print(repr(out.getvalue()))
print(list(csv.reader(["x;y", "1;2"], delimiter=";")))
out = io.StringIO()
w = csv.DictWriter(out, fieldnames=["k", "v"])
w.writeheader()
w.writerow({"k": 1, "v": "é"})
print(out.getvalue().splitlines())
