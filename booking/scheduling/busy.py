"""What is claimed over a window: one mask for each resource that has a claim."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from booking.scheduling.timeline import CELL, DAY_MINUTES, Window, join_days

Row = tuple[int, int, int, int | None]

# The bit of the cell that a minute of the day lies in, and of the first cell after a minute.
_BEGINS = [1 << minute // CELL for minute in range(DAY_MINUTES)]
_ENDS = [1 << -(-minute // CELL) for minute in range(DAY_MINUTES + 1)]


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
    """Return day masks by resource, masks of claims that cross midnight, the first expiry."""
    origin, last, begins, ends_at = window.origin, window.days, _BEGINS, _ENDS
    days: dict[int, list[int]] = {}
    wide: dict[int, int] = {}
    expiries = set()
    for resource, starts, ends, expires in rows:
        if expires is not None:
            expiries.add(expires)
        day, minute = divmod(starts - origin, DAY_MINUTES)
        end = minute + ends - starts
        if end > DAY_MINUTES or not 0 <= day <= last:
            wide[resource] = wide.get(resource, 0) | window.mask(starts, ends)
            continue
        if resource not in days:
            days[resource] = [0] * (last + 1)
        days[resource][day] |= ends_at[end] - begins[minute]
    return days, wide, min(expiries, default=None)
