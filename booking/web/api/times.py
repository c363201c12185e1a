"""Dates and times as the API reads and writes them (contract.md, "Meanings")."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from booking.scheduling.errors import Near
from booking.scheduling.zone import odd_cells, offset_text, to_wall

START = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


def find_start(text: str, zone: str) -> datetime | None:
    """Return a start as clinic wall time, or None where it is no time of a date.

    With an offset it is an instant and is converted; without, it is wall time already.
    """
    if START.fullmatch(text) is None:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo is None else to_wall(read, zone)
    except (ValueError, OverflowError):
        return None


def iso(wall: datetime, zone: str) -> str:
    """Return a wall time as ISO 8601 with the clinic's offset of that moment."""
    return wall.isoformat() + offset_text(wall, zone)


@lru_cache(maxsize=1024)
def find_day_offset(on: date, zone: str) -> str | None:
    """Return the offset that holds all day, or None on a day on which the clocks change."""
    if odd_cells(zone, on):
        return None
    return offset_text(datetime(on.year, on.month, on.day), zone)


def nearest_json(nearest: Sequence[Near], zone: str) -> list[dict[str, Any]]:
    """Return free starts as a problem shows them."""
    return [{"start": iso(near.start, zone), "practitioners": list(near.practitioners)} for near in nearest]
