"""Dates, times and money in the words that patients read, in the language that is spoken."""

from collections.abc import Mapping
from datetime import date, datetime, time

from booking.wording.language import _, words
from booking.wording.lists import and_words


def clock_words(wall: datetime | time) -> str:
    """Return a time where its part of the day is said beside it: "10:00"."""
    return words().forms.clock(wall)


def time_words(wall: datetime | time) -> str:
    """Return "10:00 a.m."."""
    return words().forms.time(wall)


def day_words(on: date) -> str:
    """Return "Tuesday 24 November"."""
    return words().forms.day(on)


def full_day_words(on: date) -> str:
    """Return "Tuesday 24 November 2026", for what is kept and printed."""
    return words().forms.full_day(on)


def date_words(on: date) -> str:
    """Return "24 November", beside its weekday."""
    return words().forms.date_alone(on)


def weekday_words(on: date) -> str:
    """Return "Tuesday"."""
    return words().forms.weekday(on)


def short_weekday_words(on: date) -> str:
    """Return "Tue"."""
    return words().forms.short_weekday(on)


def when_words(wall: datetime) -> str:
    """Return "10:00 a.m., Tuesday 24 November"."""
    return _("%(time)s, %(day)s", time=time_words(wall), day=day_words(wall))


def near_words(wall: datetime, asked: datetime) -> str:
    """Return a time near another: "9:45 a.m." on the same day, else with its day."""
    return time_words(wall) if wall.date() == asked.date() else when_words(wall)


def week_words(first: date, last: date) -> str:
    """Return "22 to 28 November" or "29 November to 5 December"."""
    return words().forms.days(first, last)


def minute_words(minute: int) -> str:
    """Return a minute of the day as "9:00 a.m."; 1440 is midnight."""
    return time_words(time(minute // 60 % 24, minute % 60))


def spans_words(spans: tuple[tuple[int, int], ...]) -> str:
    """Return opening hours of one day: "9:00 a.m. to 7:00 p.m.", or "closed"."""
    parts = [
        _("%(first)s to %(last)s", first=minute_words(begin), last=minute_words(end)) for begin, end in spans
    ]
    return and_words(parts) or _("closed")


def week_hours(hours: Mapping[int, tuple[tuple[int, int], ...]]) -> tuple[tuple[str, str], ...]:
    """Return (days, hours) lines of a week, neighbouring days with the same hours joined."""
    lines: list[tuple[int, int, str]] = []
    for day in range(7):
        said = spans_words(hours.get(day, ()))
        if lines and lines[-1][2] == said:
            lines[-1] = (lines[-1][0], day, said)
        else:
            lines.append((day, day, said))
    return tuple((_days(first, last), said) for first, last, said in lines)


def money(cents: int) -> str:
    """Return "$136.50"."""
    return words().forms.money(cents)


def _days(first: int, last: int) -> str:
    names = [weekday_words(date(2000, 1, 3 + day)) for day in (first, last)]  # 3 January 2000: a Monday
    if first == last:
        return names[0]
    if last == first + 1:
        return and_words(names)
    return _("%(first)s to %(last)s", first=names[0], last=names[1])
