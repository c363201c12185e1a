"""A day as the desk sees it: who works when, visits, blocks, times that are being booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.actions.clinics import Stamp, get_stamp
from booking.actions.day_list import list_visits
from booking.actions.values import Staff
from booking.records import day_rest
from booking.records.database import reading
from booking.records.day_rest import BeingBooked, Blocked
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.hours import holiday, opening, shifts

__all__ = ["BeingBooked", "Blocked", "Day", "load_day"]

Span = tuple[int, int]


@dataclass(frozen=True)
class Day:
    """One day of the clinic; spans are (from, to) minutes of the day.

    ``stamp`` is the version of all that is shown: the same stamp is the same day, but for
    holds that run out. ``closed_for`` says why the clinic is closed, if it is.
    """

    on: date
    stamp: Stamp
    people: tuple[Practitioner, ...]
    opening: tuple[Span, ...]
    closed_for: str | None
    visits: Sequence[Visit]
    blocks: Sequence[Blocked]
    holds: Sequence[BeingBooked]

    def shifts(self, person: Practitioner) -> tuple[Span, ...]:
        """Return a practitioner's shifts, cut to the opening hours."""
        return tuple(
            (max(begin, opens), min(end, closes))
            for begin, end in shifts(person, self.on)
            for opens, closes in self.opening
            if begin < closes and end > opens
        )

    def breaks(self, person: Practitioner) -> tuple[Span, ...]:
        """Return a practitioner's breaks."""
        return tuple(person.breaks.get(self.on.weekday(), ()))


def load_day(clinic: Clinic, on: date, staff: Staff, now: datetime) -> Day:
    """Return a day, by four statements whatever is stored; a practitioner sees their own only."""
    first = datetime.combine(on, time())
    last = first + timedelta(days=1)
    stamp = get_stamp(clinic.id)  # first: what changes after it makes the next look differ
    own = staff.role == "practitioner"
    closure = clinic.closures.get(on)
    return Day(
        on=on,
        stamp=stamp,
        people=tuple(p for p in clinic.practitioners if not own or p.code == staff.practitioner),
        opening=opening(clinic, on),
        closed_for=closure.reason if closure and not closure.spans else holiday(clinic, on),
        visits=list_visits(clinic, on, 1, staff),
        blocks=reading(lambda conn: day_rest.list_blocks(conn, clinic.id, first, last)),
        holds=reading(lambda conn: day_rest.list_holds(conn, clinic.id, first, last, now)),
    )
