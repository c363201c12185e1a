"""What a block takes: of whom or what, on which days, and again when it comes free."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from booking.records import blocks, claims
from booking.records.transaction import Connection
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import minute_of

Row = tuple[int, int, int]  # resource id, starts, ends (minutes since 2000)

HANDS_ONLY = ("admin",)  # on site: a patient may rest meanwhile (E06)
OF_PEOPLE = (*HANDS_ONLY, "break", "meeting", "time_off", "sick")
ROOM, DEVICE, CLINIC = "room_out", "device_out", "closed"
KINDS = (*OF_PEOPLE, ROOM, DEVICE, CLINIC)


def resources_of(clinic: Clinic, kind: str, what: str) -> tuple[int, ...]:
    """Return what a block of a kind claims; empty where there is nobody and nothing of that code."""
    if kind == ROOM:
        return tuple(room.resource for room in clinic.rooms if room.code == what)
    if kind == DEVICE:
        return tuple(unit for d in clinic.devices if d.code == what for unit in d.units)
    if kind == CLINIC:
        return tuple(r for p in clinic.practitioners for r in (p.hands, *p.seats))
    person = clinic.practitioner.get(what)
    if person is None:
        return ()
    return (person.hands,) if kind in HANDS_ONLY else (person.hands, *person.seats)


def rows_of(resources: Iterable[int], starts: datetime, ends: datetime, kept: Iterable[Row]) -> list[Row]:
    """Return what a block claims from ``starts`` to ``ends``, without what ``kept`` claims take of it."""
    taken = list(kept)
    return [row for r in resources for part in _days(starts, ends) for row in _cut((r, *part), taken)]


def refill(conn: Connection, clinic: Clinic, freed: Iterable[Row]) -> list[Row]:
    """Give to blocks what came free within them, so that nobody books it; return what they took."""
    taken: list[Row] = []
    rows = list(freed)
    if not rows:
        return taken
    first, last = min(row[1] for row in rows), max(row[2] for row in rows)
    for block in blocks.list_within(conn, clinic.id, first, last):
        resources = resources_of(clinic, block.kind, block.what)
        begins, ends = minute_of(block.starts), minute_of(block.ends)
        mine = [(r, max(s, begins), min(e, ends)) for r, s, e in rows if r in resources]
        mine = [row for row in mine if row[1] < row[2]]
        mine = [part for row in mine for part in _cut(row, taken)]  # two blocks may overlap in words
        if mine:
            claims.add(conn, clinic.id, ("block_id", block.id), mine)
            taken += mine
    return taken


def _cut(row: Row, taken: Iterable[Row]) -> list[Row]:
    """Return the parts of a row that no taken one of the same resource covers."""
    resource, starts, ends = row
    parts = []
    for _, begin, end in sorted((r for r in taken if r[0] == resource), key=lambda r: r[1]):
        if end <= starts or begin >= ends:
            continue
        if begin > starts:
            parts.append((resource, starts, begin))
        starts = max(starts, end)
    return [*parts, (resource, starts, ends)] if starts < ends else parts


def _days(starts: datetime, ends: datetime) -> Iterator[tuple[int, int]]:
    """Yield (from, to) minutes of each day of a stretch: no claim is longer than 24 hours."""
    while starts < ends:
        midnight = datetime.combine(starts.date() + timedelta(days=1), time())
        upto = min(midnight, ends)
        yield minute_of(starts), minute_of(upto)
        starts = upto
