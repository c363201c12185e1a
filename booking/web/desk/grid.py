"""Days laid out as tables: five minutes a row, people, rooms or days across, side by side what overlaps.

Pure: it turns a ``Day`` into rows of cells, and decides nothing.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import pairwise

from booking.actions.day import BeingBooked, Blocked, Day
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Device, Practitioner, Room
from booking.wording.dates import clock_words, day_words

STEP = 5
DAY = 24 * 60
GAP = 15  # empty time is shown in quarters of an hour
GONE = ("cancelled", "entered_in_error")


@dataclass(frozen=True)
class Item:
    """Something that takes time in a column; minutes of the day."""

    kind: str  # visit, reset, block, hold
    begins: int
    ends: int
    visit: Visit | None = None
    words: str = ""


@dataclass(frozen=True)
class Cell:
    """One table cell, ``rows`` high; without an item it is free, off or a break."""

    kind: str
    begins: int
    rows: int
    item: Item | None = None


@dataclass(frozen=True)
class Times:
    """When somebody works."""

    shifts: tuple[tuple[int, int], ...]
    breaks: tuple[tuple[int, int], ...]

    def kind(self, minute: int) -> str:
        """Say what empty time at a minute is."""
        if not any(begin <= minute < end for begin, end in self.shifts):
            return "off"
        return "break" if any(begin <= minute < end for begin, end in self.breaks) else "free"


@dataclass(frozen=True)
class Row:
    """Five minutes; ``time`` is the hour's or quarter's name where it is to be shown."""

    minute: int
    time: str
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    """What stands under one head: a practitioner, a room, a device, or one day of a practitioner.

    ``key`` names it in the page; ``person`` is None where nothing can be moved to it.
    """

    head: str
    note: str
    key: str
    on: date
    person: Practitioner | None
    times: Times
    lanes: list[list[Item]]


def by_person(day: Day) -> list[Column]:
    """Return a column for each practitioner."""
    return [_of_person(day, person, person.name, "not in") for person in day.people]


def by_day(days: Iterable[Day], person: Practitioner) -> list[Column]:
    """Return a column for each day of one practitioner."""
    return [_of_person(day, person, day_words(day.on), "not in") for day in days]


def by_thing(
    day: Day, things: Iterable[Room | Device], codes: Callable[[Visit], Iterable[str]]
) -> list[Column]:
    """Return a column for each room or device. Args: ``codes`` says which of them a visit needs."""
    found = []
    for thing in things:
        groups = [_of_visit(v) for v in day.visits if v.status not in GONE and thing.code in codes(v)]
        groups += [
            [Item("block", *_within(day.on, one.starts, one.ends), words=one.reason)]
            for one in day.blocks
            if thing.code == (one.room if isinstance(thing, Room) else one.device)
        ]
        lanes = _in_lanes(sorted(groups, key=lambda group: (group[0].begins, -group[0].ends)))
        found.append(Column(thing.name, "", thing.code, day.on, None, Times(day.opening, ()), lanes))
    return found


def _of_person(day: Day, person: Practitioner, head: str, absent: str) -> Column:
    shifts = day.shifts(person)
    times, lanes = Times(shifts, day.breaks(person)), _in_lanes(_groups(day, person))
    return Column(head, "" if shifts else absent, f"{person.code}:{day.on}", day.on, person, times, lanes)


def lay_out(columns: Sequence[Column], opening: Iterable[tuple[int, int]]) -> list[Row]:
    """Return the rows of columns side by side; none where nothing is open and nothing stands."""
    begins, ends = _bounds(opening, columns)
    rows = [Row(minute, _time(minute), []) for minute in range(begins, ends, STEP)]
    for column in columns:
        for lane in column.lanes:
            for cell in _cells(lane, begins, ends, column.times):
                rows[(cell.begins - begins) // STEP].cells.append(cell)
    return rows


def _groups(day: Day, person: Practitioner) -> list[list[Item]]:
    """Return what takes a practitioner's time, by begin; a visit and its reset stay together."""
    groups = [
        _of_visit(visit)
        for visit in day.visits
        if visit.practitioner == person.code and visit.status not in GONE
    ]
    taken: list[tuple[str, str, Blocked | BeingBooked]] = [("block", one.reason, one) for one in day.blocks]
    taken += [("hold", "being booked online", one) for one in day.holds]
    groups += [
        [Item(kind, *_within(day.on, one.starts, one.ends), words=words)]
        for kind, words, one in taken
        if one.practitioner == person.code
    ]
    return sorted(groups, key=lambda group: (group[0].begins, -group[0].ends))


def _of_visit(visit: Visit) -> list[Item]:
    begins, ends = _within(visit.starts.date(), visit.starts, visit.ends)
    found = [Item("visit", begins, ends, visit)]
    upto = min(DAY, ends + visit.sold.shape.reset.minutes)
    if upto > ends:
        found.append(Item("reset", ends, upto, words=f"Reset {visit.sold.room_name}"))
    return found


def _in_lanes(groups: Iterable[list[Item]]) -> list[list[Item]]:
    """Put groups side by side where they overlap."""
    lanes: list[list[Item]] = [[]]
    for group in groups:
        free = next((lane for lane in lanes if not any(_overlap(i, j) for i in group for j in lane)), None)
        if free is None:
            free = []
            lanes.append(free)
        free += group
    return [sorted(lane, key=lambda item: item.begins) for lane in lanes]


def _overlap(one: Item, other: Item) -> bool:
    return one.begins < other.ends and one.ends > other.begins


def _bounds(opening: Iterable[tuple[int, int]], columns: Sequence[Column]) -> tuple[int, int]:
    """Return the first and last minute to show, on whole hours."""
    spans = [*opening, *((i.begins, i.ends) for c in columns for lane in c.lanes for i in lane)]
    if not spans:
        return 0, 0
    return min(b for b, _ in spans) // 60 * 60, min(DAY, -(-max(e for _, e in spans) // 60) * 60)


def _cells(lane: list[Item], begins: int, ends: int, times: Times) -> Iterable[Cell]:
    at = begins
    for item in lane:
        yield from _empty(at, item.begins, times)
        upto = min(item.ends, ends)
        yield Cell(item.kind, item.begins, (upto - item.begins) // STEP, item)
        at = upto
    yield from _empty(at, ends, times)


def _empty(begins: int, ends: int, times: Times) -> Iterable[Cell]:
    """Yield the empty time of a stretch, cut as a day's pieces are."""
    pieces = _pieces(times)
    for first, last, kind in pieces[bisect(pieces, (begins, DAY)) - 1 :]:
        if first >= ends:
            return
        at, upto = max(first, begins), min(last, ends)
        if at < upto:
            yield Cell(kind, at, (upto - at) // STEP)


@lru_cache(maxsize=256)
def _pieces(times: Times) -> tuple[tuple[int, int, str], ...]:
    """Return a day as (from, to, kind): breaks whole, the rest cut at quarters and where a shift ends."""
    edges = {minute for span in (*times.shifts, *times.breaks) for minute in span}
    quarters = {minute for minute in range(0, DAY, GAP) if times.kind(minute) != "break"}
    cuts = sorted({DAY} | edges | quarters)
    return tuple((first, last, times.kind(first)) for first, last in pairwise(cuts))


def _within(on: date, starts: datetime, ends: datetime) -> tuple[int, int]:
    """Return the part of a stretch that lies in a day, in minutes of the day."""
    midnight = datetime.combine(on, time())
    first = max(0, int((starts - midnight).total_seconds()) // 60)
    return first, min(DAY, int((ends - midnight).total_seconds()) // 60)


def _time(minute: int) -> str:
    return clock_words(time(minute // 60, minute % 60)) if minute % 60 == 0 else ""
