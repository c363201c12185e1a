"""Dates as addresses write them, for every audience."""

import re
from datetime import date

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def find_date(text: str | None) -> date | None:
    """Return the date of YYYY-MM-DD, or None where there is no such date."""
    if DATE.fullmatch(text or "") is None:
        return None
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
