"""Which starts can be offered, to whom, with whom: one function for every door (D4, D11)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache, reduce
from operator import or_

from booking.scheduling.ask import Ask, candidates
from booking.scheduling.busy import Busy
from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.hours import duty, odd
from booking.scheduling.reasons import Refusal, limit_reason, reason_for
from booking.scheduling.rules import Limits
from booking.scheduling.supply import any_room_starts, pool_units, rooms_for, tied_units
from booking.scheduling.timeline import (
    CELL,
    DAY,
    DAY_MINUTES,
    TAIL,
    Window,
    at_least,
    each_start,
    fits,
    midnight,
    minute_of,
    split_days,
)

__all__ = [
    "Ask",
    "Busy",
    "Refusal",
    "each_slot",
    "each_start",
    "first_slot",
    "refusal",
    "resources",
    "starts",
]


def resources(clinic: Clinic, ask: Ask) -> tuple[int, ...]:
    """Return every resource whose claims can matter to a visit, ascending."""
    found: set[int] = set()
    for person in candidates(clinic, ask):
        found.update((person.hands, *person.seats))
    rooms = rooms_for(clinic, ask.kind)
    found.update(room.resource for room in rooms)
    for kind, _ in ask.needs():
        found.update(pool_units(clinic, kind))
        for room in rooms:
            found.update(tied_units(clinic, kind, room))
    return tuple(sorted(found))


def starts(clinic: Clinic, ask: Ask, busy: Busy, limits: Limits) -> dict[str, int]:
    """Find every start that is possible, for each practitioner who may give the visit.

    Returns a mask over ``busy.window`` by practitioner code, in set-up order.
    """
    allowed = _allowed(clinic, ask, busy.window, limits)
    if allowed:
        allowed &= any_room_starts(clinic, ask, busy)
    people = candidates(clinic, ask)
    return {p.code: allowed and allowed & _personal(clinic, ask, p, busy, limits) for p in people}


def each_slot(found: Mapping[str, int], window: Window) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (minute, codes of the practitioners free then) for the masks of ``starts``, ascending."""
    codes = list(found)
    days = zip(*(split_days(mask, window.days) for mask in found.values()), strict=True)
    for i, day in enumerate(days):
        at = window.origin + i * DAY_MINUTES
        people = [(code, mask) for code, mask in zip(codes, day, strict=True) if mask]
        alone = (people[0][0],) if len(people) == 1 else ()
        rest = reduce(or_, day)
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            yield (
                at + (lowest.bit_length() - 1) * CELL,
                alone or tuple([code for code, mask in people if mask & lowest]),
            )


def first_slot(found: Mapping[str, int], window: Window) -> tuple[int, tuple[str, ...]] | None:
    """Return the first of ``each_slot``, None where there is none, without a look at each day."""
    together = reduce(or_, found.values(), 0) & window.all
    if not together:
        return None
    lowest = together & -together
    at = window.origin + (lowest.bit_length() - 1) * CELL
    return at, tuple([code for code, mask in found.items() if mask & lowest])


def _allowed(clinic: Clinic, ask: Ask, window: Window, limits: Limits) -> int:
    """Return the starts that limits and clock changes leave (E36, E38, E45)."""
    whole = ask.cells + ask.reset_cells
    found = window.all
    if limits.earliest is not None:
        found &= window.mask(-(-limits.earliest // CELL) * CELL, window.until)
    if limits.last_on is not None:
        found &= _until(window, limits.last_on)
    if limits.on_grid:
        found &= _grid(clinic.grid_minutes, window)
    if ask.reset_cells > TAIL:  # nobody looks further past midnight than the tail
        found &= window.every_day((1 << max(0, DAY + TAIL - whole + 1)) - 1 & (1 << DAY) - 1)
    changing = odd(clinic.zone, window)
    return found & fits(window.known & ~changing, whole) if changing else found


@lru_cache(maxsize=64)
def _grid(minutes: int, window: Window) -> int:
    """Return the cells that begin at a whole multiple of the grid in their day."""
    return window.every_day(sum(1 << at // CELL for at in range(0, DAY_MINUTES, minutes) if at % CELL == 0))


def _until(window: Window, on: date) -> int:
    """Return the cells of a window up to the end of a date."""
    return window.mask(window.origin, midnight(on) + DAY_MINUTES)


def _personal(clinic: Clinic, ask: Ask, person: Practitioner, busy: Busy, limits: Limits) -> int:
    """Return the starts at which one practitioner is on duty, with hands and a seat free."""
    found = _on_duty(clinic, ask, person, busy.window) if limits.hours_bind else _any_hour(ask, busy.window)
    if person.licence_valid_until is not None:
        found &= _until(busy.window, person.licence_valid_until)
    hands = busy.free(person.hands)
    for begin, end in ask.shape.hands:
        found &= fits(hands, (end - begin) // CELL) >> begin // CELL
    seats = [busy.free(seat) for seat in person.seats]
    return found & fits(at_least(1, seats), ask.cells)


def _on_duty(clinic: Clinic, ask: Ask, person: Practitioner, window: Window) -> int:
    """Return the starts within one shift and no break, reset lawful (E08, E09)."""
    cells, reset = ask.cells, ask.reset_cells
    times = duty(clinic, person, window)
    found = 0
    for shift in times.shifts:
        fitting = fits(shift & ~times.breaks, cells)
        if not clinic.policy.reset_may_run_past_closing:
            fitting &= fits(shift, cells + reset)
        found |= fitting
    if reset and "practitioner" in ask.shape.reset.holds and times.breaks:
        found &= fits(window.known & ~times.breaks, reset) >> cells
    return found


def _any_hour(ask: Ask, window: Window) -> int:
    """Return the starts of visits that end on the day on which they begin."""
    return window.every_day((1 << max(0, DAY - ask.cells + 1)) - 1)


def refusal(clinic: Clinic, ask: Ask, start: datetime, limits: Limits) -> Refusal | None:
    """Say which rule refuses a start, claims ignored; None when every rule allows it.

    Of several practitioners the one who comes closest speaks.
    """
    if limit_reason(clinic, start, limits) is None:  # first: beyond them there is no calendar to ask
        window = Window(start.date(), 1)
        possible = starts(clinic, ask, Busy.empty(window), limits)
        if any(window.has(mask, minute_of(start)) for mask in possible.values()):
            return None
    return reason_for(clinic, ask, start, limits)
