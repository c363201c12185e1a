"""Weekly hours, holidays, closures, shifts and breaks: when who is there.

Day masks are kept per clinic value (which compares by identity) and date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, relativedelta

from booking.scheduling.clinic import Clinic, Practitioner, Spans
from booking.scheduling.timeline import Window, join_days, span_cells, touched_cells
from booking.scheduling.zone import odd_cells


@lru_cache(maxsize=64)
def bc_statutory_holidays(year: int) -> dict[date, str]:
    """Return BC's eleven statutory holidays, on the day itself, never "observed" (E39, E40)."""
    first = date(year, 1, 1)
    return {
        first: "New Year's Day",
        first + relativedelta(month=2, weekday=MO(3)): "Family Day",
        easter(year) + relativedelta(weekday=FR(-1)): "Good Friday",
        first + relativedelta(month=5, day=24, weekday=MO(-1)): "Victoria Day",
        date(year, 7, 1): "Canada Day",
        first + relativedelta(month=8, weekday=MO(1)): "B.C. Day",
        first + relativedelta(month=9, weekday=MO(1)): "Labour Day",
        date(year, 9, 30): "National Day for Truth and Reconciliation",
        first + relativedelta(month=10, weekday=MO(2)): "Thanksgiving Day",
        date(year, 11, 11): "Remembrance Day",
        date(year, 12, 25): "Christmas Day",
    }


def holiday(clinic: Clinic, on: date) -> str | None:
    """Return the name of the holiday that closes the clinic on a date, if one does."""
    if on in clinic.closures or not clinic.closed_on_bc_statutory:
        return None
    return bc_statutory_holidays(on.year).get(on)


def opening(clinic: Clinic, on: date) -> Spans:
    """Return the opening hours of a date: closure before holiday before weekly hours (E41)."""
    closure = clinic.closures.get(on)
    if closure is not None:
        return closure.spans
    if holiday(clinic, on):
        return ()
    return clinic.hours.get(on.weekday(), ())


def shifts(practitioner: Practitioner, on: date) -> Spans:
    """Return the shifts of a date as planned: an exception beats the weekly pattern (E44)."""
    exception = practitioner.shift_exceptions.get(on)
    return practitioner.shifts.get(on.weekday(), ()) if exception is None else exception


@lru_cache(maxsize=4096)
def open_cells(clinic: Clinic, on: date) -> int:
    """Return the cells of a day in which the clinic is open and that occur exactly once."""
    return span_cells(opening(clinic, on)) & ~odd_cells(clinic.zone, on)


@lru_cache(maxsize=16384)
def shift_cells(clinic: Clinic, practitioner: Practitioner, on: date) -> tuple[int, ...]:
    """Return one mask for each shift of a day, cut to the opening hours."""
    opened = open_cells(clinic, on)
    return tuple(filter(None, (span_cells([span]) & opened for span in shifts(practitioner, on))))


@lru_cache(maxsize=16384)
def break_cells(clinic: Clinic, practitioner: Practitioner, on: date) -> int:
    """Return the cells of a day's breaks that lie between the first shift's begin and the last's end.

    A break before or after the practitioner's day, or outside the hours of a date
    in ``closures``, is none.
    """
    worked = 0
    for cells in shift_cells(clinic, practitioner, on):
        worked |= cells
    if not worked:
        return 0
    present = (1 << worked.bit_length()) - (worked & -worked)
    cells = touched_cells(practitioner.breaks.get(on.weekday(), ())) & present
    return cells & open_cells(clinic, on) if on in clinic.closures else cells


@dataclass(frozen=True)
class Duty:
    """A practitioner's time over a window: shifts (never two of one day in a mask), breaks."""

    shifts: tuple[int, ...]
    breaks: int


@lru_cache(maxsize=512)
def duty(clinic: Clinic, practitioner: Practitioner, window: Window) -> Duty:
    """Return when a practitioner works within a window, the tail's breaks included."""
    per_day = [shift_cells(clinic, practitioner, on) for on in window.dates()]
    most = max(map(len, per_day), default=0)
    return Duty(
        tuple(join_days([day[i] if i < len(day) else 0 for day in per_day]) for i in range(most)),
        _joined(window, lambda on: break_cells(clinic, practitioner, on)),
    )


@lru_cache(maxsize=64)
def odd(zone: str, window: Window) -> int:
    """Return the cells of a window and its tail that occur twice or not at all."""
    return _joined(window, lambda on: odd_cells(zone, on))


def _joined(window: Window, cells: Callable[[date], int]) -> int:
    """Join a day mask over the window's days and the day of its tail."""
    days = window.dates()
    after = date.fromordinal(days[-1].toordinal() + 1)
    return join_days([cells(on) for on in [*days, after]]) & window.known
