"""A day as the desk sees it: who works when, visits, blocks, times that are being booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.actions.day_list import list_visits
from booking.actions.values import Staff
from booking.records import day_rest
from booking.records.database import reading
from booking.records.day_rest import BeingBooked, Blocked
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.hours import holiday, opening, shifts

__all__ = ["BeingBooked", "Blocked", "Day", "load_days"]

Span = tuple[int, int]


@dataclass(frozen=True)
class Day:
    """One day of the clinic; spans are (from, to) minutes of the day.

    ``closed_for`` says why the clinic is closed, if it is.
    """

    on: date
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


def load_days(clinic: Clinic, first_on: date, count: int, staff: Staff, now: datetime) -> list[Day]:
    """Return days in a row, by three statements whatever is stored; a practitioner sees their own only.

    Whoever keeps them reads the stamp first: what changes after it makes the next look differ.
    """
    days = [first_on + timedelta(days=n) for n in range(count)]
    first = datetime.combine(first_on, time())
    last = first + timedelta(days=count)
    own = staff.role == "practitioner"
    visits = list_visits(clinic, first_on, count, staff)
    blocks = reading(lambda conn: day_rest.list_blocks(conn, clinic.id, first, last))
    holds = reading(lambda conn: day_rest.list_holds(conn, clinic.id, first, last, now))
    return [
        Day(
            on=on,
            people=tuple(p for p in clinic.practitioners if not own or p.code == staff.practitioner),
            opening=opening(clinic, on),
            closed_for=_closed_for(clinic, on),
            visits=[visit for visit in visits if visit.starts.date() == on],
            blocks=[one for one in blocks if one.starts.date() <= on and one.ends > _midnight(on)],
            holds=[one for one in holds if one.starts.date() == on],
        )
        for on in days
    ]


def _closed_for(clinic: Clinic, on: date) -> str | None:
    closure = clinic.closures.get(on)
    return closure.reason if closure and not closure.spans else holiday(clinic, on)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time())
