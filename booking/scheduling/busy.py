"""What is claimed over a window: one mask for each resource that has a claim."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from booking.scheduling.timeline import CELL, DAY_MINUTES, Window, join_days

Row = tuple[int, int, int, int | None]

_BITS = [1 << i for i in range(DAY_MINUTES // CELL + 1)]


@dataclass(frozen=True)
class Busy:
    """Claims of a window by resource; one that has none is absent.

    ``until`` is the epoch second at which the first hold among them expires, None without one.
    """

    window: Window
    masks: dict[int, int] = field(default_factory=dict)
    until: int | None = None

    @classmethod
    def empty(cls, window: Window) -> "Busy":
        """Return a window without a claim."""
        return cls(window)

    @classmethod
    def from_rows(cls, window: Window, rows: Iterable[Row]) -> "Busy":
        """Fold claims, each (resource, starts, ends, expires), into masks.

        Rows of one day are folded into that day's 288 bits and the days joined at the
        end: a row then costs the same however long the window is.
        """
        days, wide, until = _fold(window, rows)
        masks = {resource: join_days(found) & window.known for resource, found in days.items()}
        for resource, mask in wide.items():
            masks[resource] = masks.get(resource, 0) | mask
        return cls(window, masks, until)

    def free(self, resource: int) -> int:
        """Return the cells in which a resource is free, the tail included."""
        return self.window.known ^ self.masks.get(resource, 0)


def _fold(window: Window, rows: Iterable[Row]) -> tuple[dict[int, list[int]], dict[int, int], int | None]:
    """Return day masks by resource, masks of claims that pass midnight, the first expiry."""
    origin, last, bits = window.origin, window.days, _BITS
    days: dict[int, list[int]] = {}
    wide: dict[int, int] = {}
    expiries = set()
    for resource, starts, ends, expires in rows:
        if expires is not None:
            expiries.add(expires)
        day, minute = divmod(starts - origin, DAY_MINUTES)
        end = minute + ends - starts
        if end > DAY_MINUTES or not 0 <= day <= last or (minute | end) % CELL:
            wide[resource] = wide.get(resource, 0) | window.mask(starts, ends)
            continue
        found = days.get(resource)
        if found is None:
            found = days[resource] = [0] * (last + 1)
        found[day] |= bits[end // CELL] - bits[minute // CELL]
    return days, wide, min(expiries, default=None)
