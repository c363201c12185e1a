"""Starts as addresses and fields write them."""

import re
from datetime import datetime

START = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)


def find_start(text: str | None) -> datetime | None:
    """Return the wall time of YYYY-MM-DDTHH:MM, or None where there is no such time."""
    if START.fullmatch(text or "") is None:
        return None
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def start_text(start: datetime) -> str:
    """Return YYYY-MM-DDTHH:MM."""
    return start.isoformat(timespec="minutes")
