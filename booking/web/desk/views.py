"""The views of the calendar: one day, three or a week; by person, by room, by device, of one person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import request

from booking.actions.day import Day
from booking.actions.values import Staff
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic, Practitioner
from booking.web.desk.grid import Column, Row, by_day, by_person, by_thing, lay_out
from booking.wording.dates import day_words

LENGTHS = {1: "Day", 3: "Three days", 7: "Week"}
PEOPLE, ROOMS, DEVICES = "people", "rooms", "devices"
KINDS = {PEOPLE: "People", ROOMS: "Rooms", DEVICES: "Devices"}


@dataclass(frozen=True)
class View:
    """How many days, what across, and whose; ``practitioner`` empty for everybody."""

    days: int = 1
    by: str = PEOPLE
    practitioner: str = ""

    def query(self) -> str:
        """Return the part of an address that asks for this view, empty for the usual one."""
        usual = View()
        given = {name: value for name, value in vars(self).items() if value != getattr(usual, name)}
        return f"?{urlencode(given)}" if given else ""


@dataclass(frozen=True)
class Table:
    """One table of the calendar; ``head`` names its day where there are several."""

    head: str
    on: date
    columns: Sequence[Column]
    rows: Sequence[Row]
    notice: str


@dataclass(frozen=True)
class Tab:
    """A way to another view."""

    words: str
    address: str
    is_here: bool


def read_view() -> View:
    """Return the view that the address asks for; what there is not is the usual one."""
    days = request.args.get("days", "")
    by = request.args.get("by", "")
    return View(
        int(days) if days in ("3", "7") else 1,
        by if by in KINDS else PEOPLE,
        request.args.get("practitioner", "") if by not in (ROOMS, DEVICES) else "",
    )


def tables(clinic: Clinic, days: Sequence[Day], view: View, staff: Staff) -> list[Table]:
    """Return the tables of a view: one of all days for one person, else one for each day."""
    whose = staff.practitioner if staff.role == "practitioner" else view.practitioner
    person = clinic.practitioner.get(whose or "")
    if person is not None and view.by == PEOPLE and len(days) > 1:
        return [_of_person(days, person)]
    return [_of_day(clinic, day, view, person, is_alone=len(days) == 1) for day in days]


def tabs(view: View, on: date) -> list[list[Tab]]:
    """Return the ways to the other lengths and kinds of the same day."""
    lengths = [(words, replace(view, days=days)) for days, words in LENGTHS.items()]
    kinds = [(words, replace(view, by=by, practitioner="")) for by, words in KINDS.items()]
    return [
        [Tab(words, f"/desk/{on.isoformat()}{other.query()}", other == view) for words, other in group]
        for group in (lengths, kinds)
    ]


def _of_person(days: Sequence[Day], person: Practitioner) -> Table:
    columns = by_day(days, person)
    opening = [span for day in days for span in day.opening]
    return Table(person.name, days[0].on, columns, lay_out(columns, opening), "")


def _of_day(clinic: Clinic, day: Day, view: View, person: Practitioner | None, *, is_alone: bool) -> Table:
    if view.by == ROOMS:
        columns = by_thing(day, clinic.rooms, lambda visit: (visit.room,))
    elif view.by == DEVICES:
        columns = by_thing(day, clinic.devices, lambda visit: _devices(clinic, visit))
    else:
        columns = [c for c in by_person(day) if person is None or c.person is person]
    head = "" if is_alone else day_words(day.on)
    return Table(head, day.on, columns, lay_out(columns, day.opening), _notice(day))


def _devices(clinic: Clinic, visit: Visit) -> tuple[str, ...]:
    """Return the devices of the kinds that a visit needs; which unit it is does not matter here."""
    return tuple(d.code for d in clinic.devices if d.kind in visit.sold.shape.needs)


def _notice(day: Day) -> str:
    if day.closed_for:
        return f"Closed: {day.closed_for}."
    return "" if day.opening else "The clinic is closed on this day."
