"""The claims that visits leave behind, kept in a list: what the engine is asked about."""

from datetime import date, datetime
from itertools import combinations

from booking.scheduling import assign, slots
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from booking.scheduling.rules import STAFF, Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of, wall


class Diary:
    """Visits and blocks of one clinic; ``rows`` are [owner, resource, starts, ends]."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.rows: list[list[int]] = []
        self.visits: dict[int, tuple[Ask, assign.Placement, int]] = {}

    def busy(self, on: date, days: int = 1, without: int | None = None) -> Busy:
        """Return what is claimed over some days."""
        rows = [(r, s, e, None) for owner, r, s, e in self.rows if owner != without]
        return Busy.from_rows(Window(on, days), rows)

    def times(self, ask: Ask, on: date, limits: Limits = STAFF) -> dict[str, list[str]]:
        """Return the offered times of one day, as ``"09:15"``, by practitioner."""
        busy = self.busy(on)
        found = slots.starts(self.clinic, ask, busy, limits)
        return {
            code: [f"{wall(m):%H:%M}" for m in slots.each_start(mask, busy.window)]
            for code, mask in found.items()
        }

    def book(self, ask: Ask, start: datetime, replaces: int | None = None) -> assign.Placement:
        """Book a visit, or move one. Raises SlotTaken, and changes nothing then."""
        minute, busy = minute_of(start), self.busy(start.date(), without=replaces)
        found = slots.starts(self.clinic, ask, busy, STAFF)
        able = [code for code, mask in found.items() if busy.window.has(mask, minute)]
        if not able:
            raise SlotTaken("taken")
        chosen = assign.choose(self.clinic, ask, minute, busy, able)
        placed = assign.place(self.clinic, ask, chosen, minute, busy)
        self.remove(replaces)
        owner = max(self.visits, default=0) + 1 if replaces is None else replaces
        claims = list(placed.claims)
        for pool in placed.pools:
            claims += [(unit, pool.starts, pool.ends) for unit in self._recolour(pool)]
        self.rows += [[owner, *claim] for claim in claims]
        self.visits[owner] = (ask, placed, minute)
        return placed

    def _recolour(self, pool: assign.Pool) -> tuple[int, ...]:
        held = [(i, r, s, e) for i, (_, r, s, e) in enumerate(self.rows) if r in pool.units]
        changes, chosen = assign.recolour(held, pool.units, pool.need, pool.starts, pool.ends)
        for i, unit in changes.items():
            self.rows[i][1] = unit
        return chosen

    def block(self, resources: tuple[int, ...], starts: datetime, ends: datetime) -> None:
        """Claim resources for a block."""
        self.rows += [[0, r, minute_of(starts), minute_of(ends)] for r in resources]

    def remove(self, owner: int | None) -> None:
        """Delete a visit's claims."""
        self.rows = [row for row in self.rows if row[0] != owner]
        self.visits.pop(owner or 0, None)

    def overlaps(self) -> list[tuple[list[int], list[int]]]:
        """Return every two claims of one resource that overlap: none, ever."""
        return [(a, b) for a, b in combinations(self.rows, 2) if a[1] == b[1] and a[2] < b[3] and b[2] < a[3]]


def at(text: str) -> datetime:
    """Return the wall time of ``"2026-11-24 09:00"``."""
    return datetime.fromisoformat(text)
