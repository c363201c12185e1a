"""A stretch of days as one integer of 5-minute bits (D4).

Bit ``i`` of a mask is the cell that begins ``5 * i`` minutes after the first
midnight of the window; a set bit means yes (free, open, a possible start).
Times are clinic wall time; as integers, whole minutes since 2000-01-01 00:00.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import chain
from struct import Struct

CELL = 5
DAY = 288
DAY_MINUTES = 1440
TAIL = 24  # cells known past the last midnight: a reset may run over it
EPOCH = datetime.combine(date(2000, 1, 1), time())

_DAY = Struct(f"{DAY // 8}s")
_day_of = partial(int.from_bytes, byteorder="little")
_MINUTE = timedelta(minutes=1)


def minute_of(when: datetime) -> int:
    """Return the whole minutes from 2000-01-01 00:00 to a wall time, rounded down."""
    return (when - EPOCH) // _MINUTE


def midnight(on: date) -> int:
    """Return the minute at which a day begins."""
    return (on.toordinal() - EPOCH.toordinal()) * DAY_MINUTES


def wall(minute: int) -> datetime:
    """Return the naive wall time of a minute."""
    return EPOCH + minute * _MINUTE


@dataclass(frozen=True)
class Window:
    """Whole days, first one and number; masks know ``TAIL`` cells more than its ``cells``.

    Rows that matter to a window are those with ``ends > origin`` and ``starts < until``.
    """

    first_on: date
    days: int

    @cached_property
    def origin(self) -> int:
        """The minute at which the window begins."""
        return midnight(self.first_on)

    @cached_property
    def cells(self) -> int:
        """The number of cells in which a visit may start."""
        return self.days * DAY

    @cached_property
    def until(self) -> int:
        """The minute at which knowledge ends: the last midnight and ``TAIL`` cells."""
        return self.origin + (self.cells + TAIL) * CELL

    @cached_property
    def all(self) -> int:
        """Every cell of the window's days."""
        return (1 << self.cells) - 1

    @cached_property
    def known(self) -> int:
        """Every cell of the window's days and the tail."""
        return (1 << self.cells + TAIL) - 1

    def dates(self) -> list[date]:
        """Return the days of the window."""
        first = self.first_on.toordinal()
        return [date.fromordinal(n) for n in range(first, first + self.days)]

    def cell(self, minute: int) -> int:
        """Return the index of the cell that a minute lies in, negative before the window."""
        return (minute - self.origin) // CELL

    def has(self, mask: int, minute: int) -> bool:
        """Say whether a mask holds the cell that begins exactly at a minute."""
        cell, rest = divmod(minute - self.origin, CELL)
        return not rest and cell >= 0 and bool(mask >> cell & 1)

    def mask(self, starts: int, ends: int) -> int:
        """Return the cells that [starts, ends) touches, cut to what the window knows."""
        first = max(0, (starts - self.origin) // CELL)
        last = min(self.cells + TAIL, -((self.origin - ends) // CELL))
        return (1 << last) - (1 << first) if last > first else 0

    def day_mask(self, i: int) -> int:
        """Return all cells of the window's day ``i``, counted from 0."""
        return ((1 << DAY) - 1) << i * DAY

    def every_day(self, cells: int) -> int:
        """Return one day's cells repeated on each day of the window."""
        return join_days([cells] * self.days)


def span_cells(spans: Iterable[tuple[int, int]]) -> int:
    """Return one day's cells that lie whole within spans of minutes."""
    cells = 0
    for begin, end in spans:
        first, last = -(-begin // CELL), end // CELL
        cells |= (1 << last) - (1 << first) if last > first else 0
    return cells


def touched_cells(spans: Iterable[tuple[int, int]]) -> int:
    """Return one day's cells that spans of minutes touch."""
    return span_cells((begin // CELL * CELL, -(-end // CELL) * CELL) for begin, end in spans)


def fits(free: int, cells: int) -> int:
    """Return the bits at which ``cells`` free cells in a row begin, by log2 shifts."""
    have = 1
    while have < cells:
        step = min(have, cells - have)
        free &= free >> step
        have += step
    return free


def at_least(n: int, masks: Iterable[int]) -> int:
    """Return the cells that are set in at least ``n`` of the masks; ``n`` is 1 or more."""
    levels = [-1] + [0] * n
    for mask in masks:
        for level in range(n, 0, -1):
            levels[level] |= levels[level - 1] & mask
    return levels[n]


def join_days(days: Iterable[int]) -> int:
    """Return one mask from one 288-bit mask per day, in linear time."""
    return int.from_bytes(b"".join([day.to_bytes(_DAY.size, "little") for day in days]), "little")


def split_days(mask: int, days: int) -> Iterator[int]:
    """Yield one 288-bit mask per day, each when it is asked for; cells past the last day are dropped."""
    raw = (mask & (1 << days * DAY) - 1).to_bytes(days * _DAY.size, "little")
    return map(_day_of, chain.from_iterable(_DAY.iter_unpack(raw)))


def each_start(mask: int, window: Window) -> Iterator[int]:
    """Yield the minutes at which the set cells of the window's days begin, ascending."""
    at = window.origin
    for day in split_days(mask, window.days):
        while day:
            lowest = day & -day
            yield at + (lowest.bit_length() - 1) * CELL
            day ^= lowest
        at += DAY_MINUTES
