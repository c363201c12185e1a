"""The rules of booking, minute by minute and as slowly as they are written in the contract.

Nothing here comes from the masks: only naive date-times, sets of minutes and loops.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo  # noqa: TID251 - an oracle must not ask the module it judges

from booking.scheduling.clinic import Clinic, Practitioner, Room, Spans
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask
from tests.scheduling.calendar_fixture import HOLIDAYS

Row = tuple[int, int, int]
ZERO = datetime.combine(date(2000, 1, 1), time())
MINUTE = timedelta(minutes=1)


def number(when: datetime) -> int:
    """Return a wall time as minutes since 2000."""
    return round((when - ZERO) / MINUTE)


def busy_minutes(rows: Iterable[Row]) -> dict[int, set[int]]:
    """Return the claimed minutes by resource."""
    found: dict[int, set[int]] = {}
    for resource, starts, ends in rows:
        found.setdefault(resource, set()).update(range(starts, ends))
    return found


@cache
def odd_minutes(zone: str, on: date) -> frozenset[int]:
    """Return the minutes of a day whose wall time is not that of exactly one instant."""
    found, utc = set(), ZoneInfo("UTC")
    for minute in range(1440):
        naive = datetime.combine(on, time()) + minute * MINUTE
        instants = set()
        for fold in (0, 1):
            instant = naive.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(utc)
            if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive:
                instants.add(instant)
        if len(instants) != 1:
            found.add(minute)
    return frozenset(found)


def hours_of(clinic: Clinic, on: date) -> Spans:
    """Return the opening hours of a date."""
    if on in clinic.closures:
        return clinic.closures[on].spans
    if clinic.closed_on_bc_statutory and on in HOLIDAYS:
        return ()
    return clinic.hours.get(on.weekday(), ())


def shifts_of(person: Practitioner, on: date) -> Spans:
    """Return the planned shifts of a date."""
    if on in person.shift_exceptions:
        return person.shift_exceptions[on]
    return person.shifts.get(on.weekday(), ())


def _inside(minute: int, spans: Spans) -> bool:
    return any(begin <= minute < end for begin, end in spans)


@cache
def open_minutes(clinic: Clinic, on: date) -> frozenset[int]:
    """Return the minutes of a day in which the clinic is open and that occur once."""
    spans, odd = hours_of(clinic, on), odd_minutes(clinic.zone, on)
    return frozenset(m for m in range(1440) if _inside(m, spans) and m not in odd)


@cache
def break_minutes(clinic: Clinic, person: Practitioner, on: date) -> frozenset[int]:
    """Return the minutes of a day's breaks that count."""
    opened, shifts = open_minutes(clinic, on), shifts_of(person, on)
    worked = [m for m in range(1440) if m in opened and _inside(m, shifts)]
    if not worked:
        return frozenset()
    breaks = person.breaks.get(on.weekday(), ())
    found = [m for m in range(worked[0], worked[-1] + 1) if _inside(m, breaks)]
    return frozenset(m for m in found if on not in clinic.closures or m in opened)


def possible_people(clinic: Clinic, ask: Ask, limits: Limits, on: date) -> list[Practitioner]:
    """Return who may give the visit on a day at all."""
    return [
        p
        for p in clinic.practitioners
        if ask.kind in p.kinds
        and (ask.practitioners is None or p.code in ask.practitioners)
        and not (p.licence_valid_until and on > p.licence_valid_until)
        and not (limits.last_on and on > limits.last_on)
    ]


def day_starts(
    clinic: Clinic, ask: Ask, busy: dict[int, set[int]], limits: Limits, on: date
) -> dict[str, list[int]]:
    """Return every possible start of a day by practitioner, in minutes since 2000."""
    grid = clinic.grid_minutes if limits.on_grid else 5
    free = [
        m
        for m in range(0, 1440, 5)
        if m % grid == 0
        and in_time(clinic, ask, on, m, limits)
        and has_room(clinic, ask, busy, number(datetime.combine(on, time())) + m)
    ]
    base = number(datetime.combine(on, time()))
    return {
        p.code: [
            base + m
            for m in free
            if (not limits.hours_bind or on_duty(clinic, ask, p, on, m))
            and has_person(ask, p, busy, base + m)
        ]
        for p in possible_people(clinic, ask, limits, on)
    }


def in_time(clinic: Clinic, ask: Ask, on: date, minute: int, limits: Limits) -> bool:
    """Say whether limits, opening hours and clock changes allow a start."""
    start = number(datetime.combine(on, time())) + minute
    if limits.earliest is not None and start < limits.earliest:
        return False
    end = minute + ask.shape.minutes
    odd = odd_minutes(clinic.zone, on)
    if limits.hours_bind:
        opened = open_minutes(clinic, on)
        if not all(m in opened for m in range(minute, end)):
            return False
    elif end > 1440 or any(m in odd for m in range(minute, end)):
        return False
    reset = range(end, end + reset_minutes(ask))
    if reset and reset[-1] >= 1440 + 120:
        return False
    days = {0: on, 1: on + timedelta(days=1)}
    return all(m % 1440 not in odd_minutes(clinic.zone, days[m // 1440]) for m in reset)


def reset_minutes(ask: Ask) -> int:
    """Return the minutes of the reset that hold anything."""
    return ask.shape.reset.minutes if ask.shape.reset.holds else 0


def on_duty(clinic: Clinic, ask: Ask, person: Practitioner, on: date, minute: int) -> bool:
    """Say whether the visit lies in one shift and no break, and its reset where it may."""
    end = minute + ask.shape.minutes
    reset = range(end, end + reset_minutes(ask))
    last = end
    if not clinic.policy.reset_may_run_past_closing:
        last = end + len(reset)
        opened = open_minutes(clinic, on)
        if not all(m in opened for m in reset):
            return False
    if not any(begin <= minute and last <= finish for begin, finish in shifts_of(person, on)):
        return False
    kept = list(range(minute, end))
    if "practitioner" in ask.shape.reset.holds:
        kept += reset
    days = {0: on, 1: on + timedelta(days=1)}
    return all(m % 1440 not in break_minutes(clinic, person, days[m // 1440]) for m in kept)


def has_person(ask: Ask, person: Practitioner, busy: dict[int, set[int]], start: int) -> bool:
    """Say whether hands are free when needed, and in every minute a seat."""
    hands, at = busy.get(person.hands, set()), start
    for step in ask.shape.steps:
        if step.hands_on and any(m in hands for m in range(at, at + step.minutes)):
            return False
        at += step.minutes
    kept = ask.shape.reset.minutes if "practitioner" in ask.shape.reset.holds else 0
    if any(m in hands for m in range(at, at + kept)):
        return False
    return all(free_units(person.seats, busy, m) for m in range(start, at))


def free_units(units: Sequence[int], busy: dict[int, set[int]], minute: int) -> int:
    """Return how many units are free in one minute."""
    return sum(minute not in busy.get(unit, ()) for unit in units)


def has_room(clinic: Clinic, ask: Ask, busy: dict[int, set[int]], start: int) -> bool:
    """Say whether some room of the kind will do."""
    rooms = [room for room in clinic.rooms if ask.kind in room.kinds]
    return any(room_does(clinic, ask, room, busy, start) for room in rooms)


def room_does(clinic: Clinic, ask: Ask, room: Room, busy: dict[int, set[int]], start: int) -> bool:
    """Say whether a room is free with the devices that the visit needs there."""
    reset = ask.shape.reset
    stay = ask.shape.minutes + (reset.minutes if "room" in reset.holds else 0)
    if any(m in busy.get(room.resource, ()) for m in range(start, start + stay)):
        return False
    use = ask.shape.minutes + (reset.minutes if "device" in reset.holds else 0)
    minutes = range(start, start + use)
    for kind, wanted in ask.shape.needs.items():
        need = wanted + (1 if ask.companion and kind == "eyewear" and wanted else 0)
        of_kind = [d for d in clinic.devices if d.kind == kind]
        tied = [u for d in of_kind if d.tied_to_room == room.code for u in d.units]
        pool = [u for d in of_kind if d.tied_to_room is None for u in d.units]
        throughout = [u for u in tied if all(m not in busy.get(u, ()) for m in minutes)]
        rest = need - len(throughout)
        if rest > 0 and any(free_units(pool, busy, m) < rest for m in minutes):
            return False
    return True
