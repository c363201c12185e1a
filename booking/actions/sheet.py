"""The day on paper: who comes when, to whom, into which room; enough when the network is gone (E74, E75)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.actions.day_list import list_visits
from booking.actions.values import Staff
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.lifecycle import HOLDS_CLAIMS


@dataclass(frozen=True)
class Part:
    """A stretch of a visit, hands-on or rest."""

    starts: datetime
    ends: datetime
    hands_on: bool


@dataclass(frozen=True)
class Line:
    """One visit on paper; ``phone`` is the last four digits, ``free_at`` when the room is turned."""

    starts: datetime
    ends: datetime
    free_at: datetime
    patient: str
    phone: str
    flags: tuple[str, ...]
    language: str
    service: str
    practitioner: str
    room: str
    status: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Group:
    """The visits of one practitioner or one room, in order of time."""

    name: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Sheet:
    """A day's visits, told twice: by practitioner and by room; ``cancelled`` is how many are not on it."""

    on: date
    people: Sequence[Group]
    rooms: Sequence[Group]
    cancelled: int


def day_sheet(clinic: Clinic, on: date, staff: Staff) -> Sheet:
    """Return a day for paper; one statement. A practitioner gets their own visits only.

    Who has left the set-up still has a place on it as long as there are visits of theirs (E16).
    """
    found = list_visits(clinic, on, 1, staff)
    visits = [visit for visit in found if visit.status in HOLDS_CLAIMS]
    people = [p.code for p in clinic.practitioners]
    rooms = [room.code for room in clinic.rooms]
    return Sheet(
        on,
        tuple(_groups([(v.practitioner, v.sold.practitioner_name, v) for v in visits], people)),
        tuple(_groups([(v.room, v.sold.room_name, v) for v in visits], rooms)),
        len(found) - len(visits),
    )


def _groups(named: Sequence[tuple[str, str, Visit]], order: Sequence[str]) -> Iterator[Group]:
    codes = list(dict.fromkeys([*order, *(code for code, _, _ in named)]))
    for code in codes:
        mine = [(name, visit) for one, name, visit in named if one == code]
        if mine:
            yield Group(mine[-1][0], tuple(_line(visit) for _, visit in mine))


def _line(visit: Visit) -> Line:
    sold = visit.sold
    return Line(
        starts=visit.starts,
        ends=visit.ends,
        free_at=visit.starts + timedelta(minutes=sold.shape.held_minutes("room")),
        patient=visit.patient.name,
        phone=(visit.patient.phone or "").partition(";")[0][-4:],
        flags=visit.flags,
        language=visit.patient.language,
        service=sold.service_name,
        practitioner=sold.practitioner_name,
        room=sold.room_name,
        status=visit.status,
        parts=tuple(_parts(visit)),
    )


def _parts(visit: Visit) -> Iterator[Part]:
    at = visit.starts
    for step in visit.sold.shape.steps:
        ends = at + timedelta(minutes=step.minutes)
        yield Part(at, ends, step.hands_on)
        at = ends
