"""BC's statutory holidays of 2026 to 2030, written out (E39): what the rules must arrive at."""

from datetime import date

NAMES = (
    "New Year's Day",
    "Family Day",
    "Good Friday",
    "Victoria Day",
    "Canada Day",
    "B.C. Day",
    "Labour Day",
    "National Day for Truth and Reconciliation",
    "Thanksgiving Day",
    "Remembrance Day",
    "Christmas Day",
)
DAYS = {
    2026: "01-01 02-16 04-03 05-18 07-01 08-03 09-07 09-30 10-12 11-11 12-25",
    2027: "01-01 02-15 03-26 05-24 07-01 08-02 09-06 09-30 10-11 11-11 12-25",
    2028: "01-01 02-21 04-14 05-22 07-01 08-07 09-04 09-30 10-09 11-11 12-25",
    2029: "01-01 02-19 03-30 05-21 07-01 08-06 09-03 09-30 10-08 11-11 12-25",
    2030: "01-01 02-18 04-19 05-20 07-01 08-05 09-02 09-30 10-14 11-11 12-25",
}
HOLIDAYS = {
    date.fromisoformat(f"{year}-{day}"): name
    for year, days in DAYS.items()
    for day, name in zip(days.split(), NAMES, strict=True)
}
