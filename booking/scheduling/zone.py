"""The one conversion between clinic wall time and instants (D1, D2).

No other module makes a ``ZoneInfo``: rules come from the pinned ``tzdata`` package.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booking.scheduling.timeline import CELL, DAY

_DAY = timedelta(days=1)
_CELL = timedelta(minutes=CELL)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Say whether the zone data knows a name such as ``America/Vancouver``."""
    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name that is a folder
        return False
    return True


def to_wall(instant: datetime, zone: str) -> datetime:
    """Return the clinic's naive wall time of an aware instant.

    In an hour that occurs twice, ``fold`` of the result tells which one it is.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(_zone(zone)).replace(tzinfo=None)


def to_instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall time.

    A time that occurs twice is its first occurrence; one that never occurs is
    as far after the clock change as it stands after the gap's begin.
    """
    return _instant(wall.replace(fold=0), zone)


def later(wall: datetime, minutes: int, zone: str) -> datetime:
    """Return the wall time that many elapsed minutes after a wall time, ``fold`` respected."""
    return to_wall(_instant(wall, zone) + timedelta(minutes=minutes), zone)


def _instant(wall: datetime, zone: str) -> datetime:
    if wall.tzinfo is not None:
        raise ValueError("a wall time must be naive")
    return wall.replace(tzinfo=_zone(zone)).astimezone(UTC)


def offset_text(wall: datetime, zone: str) -> str:
    """Return the offset of a wall time as ISO 8601 writes it, such as ``-07:00``."""
    seconds = _offset(wall.replace(fold=0), _zone(zone)).total_seconds()
    hours, minutes = divmod(abs(round(seconds / 60)), 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    offset = wall.replace(tzinfo=zone).utcoffset()
    return offset or timedelta(0)


@lru_cache(maxsize=4096)
def odd_cells(zone: str, on: date) -> int:
    """Return the cells of a day that occur twice or not at all, as a 288-bit mask (E36)."""
    found = _zone(zone)
    midnight = datetime.combine(on, time())
    if _is_even(midnight, found):
        return 0
    return sum(1 << i for i in range(DAY) if _is_odd(midnight + i * _CELL, found))


def _is_even(midnight: datetime, zone: ZoneInfo) -> bool:
    """Say that no clock change is near a day: 6-hour steps, and both ends a day away."""
    steps = range(-24, 54, 6)
    return len({_offset(midnight + timedelta(hours=h), zone) for h in steps}) == 1


def _is_odd(wall: datetime, zone: ZoneInfo) -> bool:
    edges = (wall, wall + _CELL - _SECOND)
    return any(_offset(at, zone) != _offset(at.replace(fold=1), zone) for at in edges)


@cache
def zone_data_version() -> str:
    """Return the version of the pinned zone data, such as ``2026.6``."""
    return version("tzdata")


def zone_data_is_right() -> bool:
    """Say whether the zone data knows that British Columbia stays at UTC-7 (D2, E33)."""
    try:
        return offset_text(datetime.combine(date(2027, 1, 15), time(12)), "America/Vancouver") == "-07:00"
    except ZoneInfoNotFoundError:
        return False
