"""Which practitioner, room and units serve a start; fair and deterministic (D3, E12, E18)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from booking.scheduling.ask import Ask
from booking.scheduling.busy import Busy
from booking.scheduling.clinic import Clinic, Room
from booking.scheduling.errors import SlotTaken
from booking.scheduling.supply import pool_units, room_starts, rooms_for, tied_units
from booking.scheduling.timeline import CELL, DAY_MINUTES, wall

Claim = tuple[int, int, int]
Held = tuple[int, int, int, int]

TAKEN = "That time has just been taken."


@dataclass(frozen=True)
class Pool:
    """Units of which ``need`` are wanted for [starts, ends), though too few are free throughout."""

    units: tuple[int, ...]
    need: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Placement:
    """Who and where, and the claims (resource, starts, ends) that follow from it.

    ``pools`` lists what must be found by ``recolour`` before it can be claimed.
    """

    practitioner: str
    room: str
    claims: tuple[Claim, ...]
    pools: tuple[Pool, ...] = ()


def choose(clinic: Clinic, ask: Ask, start_minute: int, busy: Busy, among: Sequence[str]) -> str:
    """Choose for "anyone": the fewest claimed hands minutes that day.

    Ties go by set-up order, rotated by the date so that nobody is always first (E18).
    """
    on = wall(start_minute).date()
    day = busy.window.day_mask(busy.window.cell(start_minute) * CELL // DAY_MINUTES)
    people = [p for p in clinic.practitioners if p.code in among]
    turn = on.toordinal() % len(people)
    rotated = people[turn:] + people[:turn]
    return min(rotated, key=lambda p: (busy.masks.get(p.hands, 0) & day).bit_count()).code


def place(clinic: Clinic, ask: Ask, practitioner_code: str, start_minute: int, busy: Busy) -> Placement:
    """Place a visit that ``slots.starts`` allows: room, seat and device units.

    Raises SlotTaken when no room is free after all.
    """
    person = clinic.practitioner[practitioner_code]
    room = _room(clinic, ask, start_minute, busy)
    hands = [(person.hands, start_minute + a, start_minute + b) for a, b in ask.shape.hands]
    stay = (start_minute, start_minute + ask.shape.held_minutes("room"))
    taken = _Taken(busy, [*hands, (room.resource, *stay)], [])
    taken.take(person.seats, 1, start_minute, start_minute + ask.shape.minutes)
    ends = start_minute + ask.shape.held_minutes("device")
    for kind, need in ask.needs():
        tied = taken.free(tied_units(clinic, kind, room), start_minute, ends)[:need]
        taken.claims += [(unit, start_minute, ends) for unit in tied]
        taken.take(pool_units(clinic, kind), need - len(tied), start_minute, ends)
    return Placement(person.code, room.code, tuple(taken.claims), tuple(taken.pools))


def _room(clinic: Clinic, ask: Ask, start_minute: int, busy: Busy) -> Room:
    for room in rooms_for(clinic, ask.kind):
        if busy.window.has(room_starts(clinic, ask, room, busy), start_minute):
            return room
    raise SlotTaken(TAKEN)


@dataclass
class _Taken:
    """What a placement has taken so far."""

    busy: Busy
    claims: list[Claim]
    pools: list[Pool]

    def free(self, units: Iterable[int], starts: int, ends: int) -> list[int]:
        """Return the units that are free throughout, lowest first."""
        cells = self.busy.window.mask(starts, ends)
        return [unit for unit in units if not self.busy.masks.get(unit, 0) & cells]

    def take(self, units: tuple[int, ...], need: int, starts: int, ends: int) -> None:
        """Take the lowest units free throughout, or leave the whole need to ``recolour``."""
        free = self.free(units, starts, ends)
        if len(free) < need:
            self.pools.append(Pool(units, need, starts, ends))
        else:
            self.claims += [(unit, starts, ends) for unit in free[:need]]


def recolour(
    existing: Iterable[Held], units: Sequence[int], need: int, starts: int, ends: int
) -> tuple[dict[int, int], tuple[int, ...]]:
    """Shift claims among interchangeable units so that ``need`` of them are free throughout.

    Args: ``existing`` claims of the pool as (claim id, unit, starts, ends), at least all
    that hang together in time with [starts, ends). Only those may be moved, and each
    stays where it is if it can.

    Returns the new unit of each claim that moves, and the units for [starts, ends).
    Raises SlotTaken when too few units are free in some minute.
    """
    group = _hanging_together(existing, starts, ends)
    wanted = [(None, None, starts, ends)] * need
    now: dict[int, int] = {}  # unit -> until when it is taken
    changes: dict[int, int] = {}
    chosen: list[int] = []
    for claim, unit, begin, end in sorted([*group, *wanted], key=lambda row: row[2]):
        free = [u for u in units if now.get(u, begin) <= begin]
        if not free:
            raise SlotTaken(TAKEN)
        taken = unit if unit in free else _quietest(free, group, begin, end)
        now[taken] = end
        if claim is None:
            chosen.append(taken)
        elif taken != unit:
            changes[claim] = taken
    return changes, tuple(sorted(chosen))


def _quietest(free: Sequence[int], group: Sequence[Held], begin: int, end: int) -> int:
    """Return the unit whose own next claim is furthest away, so that the fewest have to move."""

    def own_next(unit: int) -> int:
        return min((s for _, u, s, _ in group if u == unit and begin <= s < end), default=end)

    return max(free, key=own_next)


def _hanging_together(existing: Iterable[Held], starts: int, ends: int) -> list[Held]:
    """Return the claims that overlap [starts, ends), or overlap one that does, and so on."""
    rows = sorted(existing, key=lambda row: row[2])
    size = -1
    group: list[Held] = []
    while len(group) > size:
        size = len(group)
        group = [row for row in rows if row[2] < ends and row[3] > starts]
        starts = min([starts, *(row[2] for row in group)])
        ends = max([ends, *(row[3] for row in group)])
    return group
