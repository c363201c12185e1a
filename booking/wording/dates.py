"""Times, days and money in words: "10:00 a.m., Tuesday 24 November", "$136.50"."""

from datetime import date, datetime

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def time_words(wall: datetime) -> str:
    """Return the time of day of a clinic wall time: "10:00 a.m."."""
    return f"{wall.hour % 12 or 12}:{wall.minute:02} {'a.m.' if wall.hour < 12 else 'p.m.'}"


def day_words(on: date) -> str:
    """Return a date without its year: "Tuesday 24 November"."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def when_words(wall: datetime) -> str:
    """Return a clinic wall time in words: "10:00 a.m., Tuesday 24 November"."""
    return f"{time_words(wall)}, {day_words(wall)}"


def money(cents: int) -> str:
    """Return an amount in dollars: "$136.50"."""
    return f"${cents // 100:,}.{cents % 100:02}"
