"""Rooms and devices: where a visit can take place, and with which units (D3).

Tied devices serve only in their room. Untied units of a kind are a pool: they are
interchangeable, so a start is possible when enough of them are free in every cell,
even if no single one is free throughout (``assign.recolour`` then shifts claims).
"""

from functools import lru_cache

from booking.scheduling.ask import Ask
from booking.scheduling.busy import Busy
from booking.scheduling.clinic import Clinic, Room
from booking.scheduling.timeline import CELL, at_least, fits


@lru_cache(maxsize=256)
def rooms_for(clinic: Clinic, kind: str) -> tuple[Room, ...]:
    """Return the rooms of a kind, the least specialised first, then in set-up order (E12)."""
    return tuple(sorted((r for r in clinic.rooms if kind in r.kinds), key=lambda r: len(r.kinds)))


@lru_cache(maxsize=256)
def pool_units(clinic: Clinic, kind: str) -> tuple[int, ...]:
    """Return the untied units of a device kind, in set-up order."""
    return _units(clinic, kind, None)


@lru_cache(maxsize=256)
def tied_units(clinic: Clinic, kind: str, room: Room) -> tuple[int, ...]:
    """Return the units of a device kind that serve only in one room."""
    return _units(clinic, kind, room.code)


def _units(clinic: Clinic, kind: str, room: str | None) -> tuple[int, ...]:
    found = (d for d in clinic.devices if d.kind == kind and d.tied_to_room == room)
    return tuple(unit for device in found for unit in device.units)


def room_starts(clinic: Clinic, ask: Ask, room: Room, busy: Busy) -> int:
    """Return the starts at which a room and the devices the visit needs there are free (E10)."""
    found = fits(busy.free(room.resource), ask.shape.held_minutes("room") // CELL)
    for kind, need in ask.needs():
        found = found and found & device_starts(clinic, ask, room, busy, kind, need)
    return found


def any_room_starts(clinic: Clinic, ask: Ask, busy: Busy) -> int:
    """Return the starts at which at least one room will do."""
    found = 0
    for room in rooms_for(clinic, ask.kind):
        found |= room_starts(clinic, ask, room, busy)
    return found


def device_starts(clinic: Clinic, ask: Ask, room: Room, busy: Busy, kind: str, need: int) -> int:
    """Return the starts at which tied units, each free throughout, and the pool suffice."""
    cells = ask.shape.held_minutes("device") // CELL
    tied = [fits(busy.free(unit), cells) for unit in tied_units(clinic, kind, room)]
    pool = [busy.free(unit) for unit in pool_units(clinic, kind)]
    found = at_least(need, tied) if len(tied) >= need else 0
    for from_tied in range(min(need, len(tied) + 1)):
        rest = need - from_tied
        if rest <= len(pool):
            enough = fits(at_least(rest, pool), cells)
            found |= enough & at_least(from_tied, tied)
    return found
