"""Dates, times and money in the words that patients read; plain values in, text out."""

from collections.abc import Mapping
from datetime import date, datetime, time

from booking.wording.lists import and_words

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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


def clock_words(wall: datetime | time) -> str:
    """Return a time where its part of the day is said beside it: "10:00"."""
    return f"{wall.hour % 12 or 12}:{wall.minute:02}"


def time_words(wall: datetime | time) -> str:
    """Return "10:00 a.m."."""
    return f"{clock_words(wall)} {'a.m.' if wall.hour < 12 else 'p.m.'}"


def day_words(on: date) -> str:
    """Return "Tuesday 24 November"."""
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def full_day_words(on: date) -> str:
    """Return "Tuesday 24 November 2026", for what is kept and printed."""
    return f"{day_words(on)} {on.year}"


def when_words(wall: datetime) -> str:
    """Return "10:00 a.m., Tuesday 24 November"."""
    return f"{time_words(wall)}, {day_words(wall)}"


def near_words(wall: datetime, asked: datetime) -> str:
    """Return a time near another: "9:45 a.m." on the same day, else with its day."""
    return time_words(wall) if wall.date() == asked.date() else when_words(wall)


def week_words(first: date, last: date) -> str:
    """Return "22 to 28 November" or "29 November to 5 December"."""
    begin = str(first.day) if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]}"
    return f"{begin} to {last.day} {MONTHS[last.month - 1]}"


def minute_words(minute: int) -> str:
    """Return a minute of the day as "9:00 a.m."; 1440 is midnight."""
    return time_words(time(minute // 60 % 24, minute % 60))


def spans_words(spans: tuple[tuple[int, int], ...]) -> str:
    """Return opening hours of one day: "9:00 a.m. to 7:00 p.m.", or "closed"."""
    parts = [f"{minute_words(begin)} to {minute_words(end)}" for begin, end in spans]
    return and_words(parts) or "closed"


def week_hours(hours: Mapping[int, tuple[tuple[int, int], ...]]) -> tuple[tuple[str, str], ...]:
    """Return (days, hours) lines of a week, neighbouring days with the same hours joined."""
    lines: list[tuple[int, int, str]] = []
    for day in range(7):
        words = spans_words(hours.get(day, ()))
        if lines and lines[-1][2] == words:
            lines[-1] = (lines[-1][0], day, words)
        else:
            lines.append((day, day, words))
    return tuple((_days(first, last), words) for first, last, words in lines)


def money(cents: int) -> str:
    """Return "$136.50"."""
    return f"${cents // 100:,}.{cents % 100:02}"


def _days(first: int, last: int) -> str:
    if first == last:
        return DAYS[first]
    return f"{DAYS[first]} {'and' if last == first + 1 else 'to'} {DAYS[last]}"
