"""Dates, times and numbers as addresses and forms write them, for every audience."""

import re
from datetime import date, datetime, time

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TIME = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
YEARS = range(2000, 2100)


def find_date(text: str | None) -> date | None:
    """Return the date of YYYY-MM-DD, or None where there is no such date."""
    if DATE.fullmatch(text or "") is None:
        return None
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def find_day(text: str | None) -> date | None:
    """Return the date of YYYY-MM-DD in this century, the only one that has visits; else None."""
    found = find_date(text)
    return found if found and found.year in YEARS else None


def find_number(text: str) -> int:
    """Return a number of at most nine digits; 0 for anything else."""
    return int(text) if NUMBER.fullmatch(text) else 0


def find_moment(on: str, at: str) -> datetime | None:
    """Return the clinic wall time of a day and a time typed by hand, such as 9:00; None where it is none.

    Args: ``on`` is YYYY-MM-DD, of this century.
    """
    day, found = find_day(on), TIME.fullmatch(at.strip())
    if day is None or found is None:
        return None
    try:
        return datetime.combine(day, time(int(found[1]), int(found[2])))
    except ValueError:
        return None
