from datetime import date, datetime, timedelta

d = datetime.strptime("2024-02-28 13:45", "%Y-%m-%d %H:%M")
print(d, d + timedelta(days=2), d.strftime("%d/%m/%y %A %B %j"), d.weekday(), d.isoformat())
print(date(2024, 12, 25) - date(2024, 2, 29), date.fromisoformat("2023-01-31").replace(day=1), date(2000, 1, 1) < date(2001, 1, 1))
print(timedelta(hours=25, minutes=61), timedelta(days=1).total_seconds(), date(2024, 1, 1).isocalendar()[:2])
try:
    datetime.strptime("yesterday", "%Y")
except ValueError as error:
    print(error)
import calendar

print(calendar.isleap(2024), calendar.monthrange(2024, 2))
