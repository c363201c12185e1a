"""What is in the way of a start, in words for the desk: who has the person, the room or the device."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from booking.actions.values import Actor
from booking.records.database import reading
from booking.records.in_the_way import Occupant, list_occupants
from booking.scheduling import slots
from booking.scheduling.appointment import Visit
from booking.scheduling.ask import Ask, candidates
from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.errors import NotOffered, SlotTaken
from booking.scheduling.rules import STAFF, Limits
from booking.scheduling.slots import Busy
from booking.scheduling.supply import rooms_for
from booking.scheduling.timeline import Window, minute_of, wall
from booking.wording.dates import near_words

MOST_NAMED = 3
TOGETHER = "No practitioner who is free then has everything that this visit needs."
Span = tuple[int, int]
Named = tuple[str, Occupant]


def name_obstacles(
    clinic: Clinic, ask: Ask, start: datetime, visit: Visit | None = None, limits: Limits = STAFF
) -> str | None:
    """Return one sentence that names what is in the way of a start that no rule refuses.

    It names patients: for staff only. Online holds are not named, since they give way to staff.

    Args:
        clinic: the clinic.
        ask: what is asked for.
        start: clinic wall time.
        visit: the appointment that moves, if one does: it does not stand in its own way.
        limits: what binds the start; who is not in then by them is not named.

    Returns:
        None where nothing is in the way, or only several things together.
    """
    at = minute_of(start)
    ask = replace(ask, practitioners=_who_is_in(clinic, ask, start, limits) or ask.practitioners)
    until = at + max(ask.shape.held_minutes("room"), ask.shape.minutes, ask.shape.held_minutes("device"))
    resources, own = slots.resources(clinic, ask), visit.id if visit else None
    found = reading(lambda conn: list_occupants(conn, resources, at, until, own))
    for named, verb in ((_people, "is with"), (_rooms, "is taken by"), (_devices, "is taken by")):
        says = [_each(name, verb, one, start) for name, one in named(clinic, ask, at, found)]
        if says:
            return "; ".join(says[:MOST_NAMED]).removesuffix(".") + "."
    return None


def tell_staff(
    refused: NotOffered | SlotTaken,
    by: Actor,
    clinic: Clinic,
    ask: Ask,
    start: datetime,
    visit: Visit | None = None,
    limits: Limits = STAFF,
) -> None:
    """Let a refusal by other claims say to staff what is in the way, not only that something is.

    Args: as for ``name_obstacles``; ``by`` is who asked.
    """
    if by.is_staff and isinstance(refused, SlotTaken):
        refused.message = name_obstacles(clinic, ask, start, visit, limits) or TOGETHER


def _who_is_in(clinic: Clinic, ask: Ask, start: datetime, limits: Limits) -> tuple[str, ...]:
    """Return who could give the visit if nothing were claimed."""
    window = Window(start.date(), 1)
    possible = slots.starts(clinic, ask, Busy.empty(window), limits)
    return tuple(code for code, mask in possible.items() if window.has(mask, minute_of(start)))


def _people(clinic: Clinic, ask: Ask, at: int, found: Sequence[Occupant]) -> Iterator[Named]:
    """Yield who is in the way of each person, if nobody is free."""
    everybody = [(person, _of_person(ask, at, person, found)) for person in candidates(clinic, ask)]
    if all(occupant for _, occupant in everybody):
        yield from ((person.name, occupant) for person, occupant in everybody if occupant)


def _of_person(ask: Ask, at: int, person: Practitioner, found: Sequence[Occupant]) -> Occupant | None:
    for begin, end in ask.shape.hands:
        occupant = _first({person.hands}, (at + begin, at + end), found)
        if occupant:
            return occupant
    return _first_of_all(person.seats, (at, at + ask.shape.minutes), found)


def _rooms(clinic: Clinic, ask: Ask, at: int, found: Sequence[Occupant]) -> Iterator[Named]:
    span = (at, at + ask.shape.held_minutes("room"))
    taken = [(room.name, _first({room.resource}, span, found)) for room in rooms_for(clinic, ask.kind)]
    if all(occupant for _, occupant in taken):
        yield from ((name, occupant) for name, occupant in taken if occupant)


def _devices(clinic: Clinic, ask: Ask, at: int, found: Sequence[Occupant]) -> Iterator[Named]:
    span = (at, at + ask.shape.held_minutes("device"))
    for kind, need in ask.needs():
        devices = [device for device in clinic.devices if device.kind == kind]
        units = [(device.name, unit) for device in devices for unit in device.units]
        taken = [(name, _first({unit}, span, found)) for name, unit in units]
        busy = [(name, occupant) for name, occupant in taken if occupant]
        if len(units) - len(busy) < need:
            yield from busy


def _first(resources: Container[int], span: Span, found: Sequence[Occupant]) -> Occupant | None:
    begin, end = span
    there = (one for one in found if one.starts < end and one.ends > begin)
    return next((one for one in there if one.resource in resources), None)


def _first_of_all(units: Sequence[int], span: Span, found: Sequence[Occupant]) -> Occupant | None:
    """Return the occupant that leaves first, if every one of interchangeable units is taken."""
    taken = [_first({unit}, span, found) for unit in units]
    if not all(taken):
        return None
    return min((one for one in taken if one), key=lambda one: one.ends, default=None)


def _each(name: str, verb: str, occupant: Occupant, start: datetime) -> str:
    if occupant.patient is not None:
        return f"{name} {verb} {occupant.patient} until {near_words(wall(occupant.ends), start)}"
    until = near_words(occupant.blocked_until or wall(occupant.ends), start)
    return f"{name} is blocked until {until}" + (f": {occupant.reason}" if occupant.reason else "")
