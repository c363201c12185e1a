"""Random clinics, questions and claims, small enough to look at when a case fails.

Everything is drawn from a ``random.Random``: a seeded one, or Hypothesis' own, which shrinks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from booking.scheduling.clinic import (
    Clinic,
    Closure,
    Device,
    Policy,
    Practitioner,
    Reminders,
    Room,
    Spans,
)
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask
from booking.scheduling.timeline import Window, midnight
from booking.scheduling.visit import Reset, Shape, Step

KINDS = ("needle", "laser", "massage")
DEVICE_KINDS = ("laser", "eyewear", "stim")
RESET_HOLDS = ("room", "practitioner", "device")
ZONES = ("America/Vancouver",) * 4
ZONES += ("America/Los_Angeles", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca")
# Ordinary days, holidays, year ends, a leap day, and the clock changes of the zones above.
FIRST_DAYS = (
    *("2026-11-23", "2026-12-24", "2026-12-30", "2027-02-12", "2028-02-28", "2027-06-30", "2029-11-10"),
    *("2025-03-08", "2025-11-01", "2025-02-22", "2025-04-05", "2025-10-04"),
)
WIDE: Spans = ((540, 1080),)


@dataclass(frozen=True)
class Case:
    """One clinic and window with a question, claims and limits."""

    clinic: Clinic
    ask: Ask
    rows: tuple[tuple[int, int, int, int | None], ...]
    window: Window
    limits: Limits


def some(rng: Random, things: tuple[str, ...], least: int = 0) -> tuple[str, ...]:
    """Draw some of the things."""
    return tuple(rng.sample(things, rng.randint(least, len(things))))


def draw_spans(rng: Random, most: int, around: int = 600) -> Spans:
    """Draw up to ``most`` spans of a day that do not overlap but may touch."""
    found: list[tuple[int, int]] = []
    at = rng.choice((0, around, around, around + 15, around + 60))
    for _ in range(rng.choice((0, *range(1, most + 1), most))):
        end = min(1440, at + rng.choice((30, 60, 120, 240, 300)))
        if end > at:
            found.append((at, end))
        at = end + rng.choice((0, 5, 30, 60))
    if found and rng.random() < 0.08:
        found[-1] = (found[-1][0], 1440)
    return tuple(found)


def draw_week(rng: Random, most: int, around: int = 600) -> dict[int, Spans]:
    """Draw spans for each weekday from two patterns."""
    patterns = [draw_spans(rng, most, around) for _ in range(2)]
    return {day: rng.choice(patterns) for day in range(7) if rng.random() < 0.95}


def draw_clinic(rng: Random, days: list[date]) -> Clinic:
    """Draw a clinic whose exceptions fall on the days."""
    ids = iter(range(1, 1000))
    rooms = tuple(
        Room(f"r{n}", "", frozenset(some(rng, KINDS, 1)), next(ids)) for n in range(rng.randint(1, 3))
    )
    return Clinic(
        **dict.fromkeys(("code", "name", "discreet_name", "city", "address", "phone", "email"), "x"),
        **dict.fromkeys(("time_label", "currency", "default_locale", "privacy_officer"), "x"),
        **dict.fromkeys(("gst_number", "mail_provider_country"), "x"),
        id=1,
        setup=1,
        zone=rng.choice(ZONES),
        grid_minutes=rng.choice((5, 10, 15, 15, 20, 30)),
        locales=(),
        hours=dict.fromkeys(range(7), WIDE) if rng.random() < 0.7 else draw_week(rng, 2),
        closed_on_bc_statutory=rng.random() < 0.4,
        closures={on: Closure(draw_spans(rng, 2), "x") for on in days if rng.random() < 0.15},
        gst_percent="5",
        gst_valid_from=date(2008, 1, 1),
        policy=Policy(reset_may_run_past_closing=rng.random() < 0.7),
        reminders=Reminders(),
        practitioners=tuple(draw_person(rng, f"p{n}", ids, days) for n in range(rng.randint(1, 3))),
        rooms=rooms,
        devices=draw_devices(rng, rooms, ids),
        services=(),
    )


def draw_person(rng: Random, code: str, ids: Iterator[int], days: list[date]) -> Practitioner:
    """Draw a practitioner."""
    return Practitioner(
        **dict.fromkeys(("name", "title", "licensing_body", "licence_number"), "x"),
        code=code,
        kinds=frozenset(some(rng, KINDS, 1)),
        languages=(),
        shifts=dict.fromkeys(range(7), WIDE) if rng.random() < 0.3 else draw_week(rng, 3, 540),
        breaks=draw_week(rng, 1, 660) if rng.random() < 0.7 else {},
        hands=next(ids),
        seats=tuple(next(ids) for _ in range(rng.randint(1, 3))),
        licence_valid_until=rng.choice(days) if rng.random() < 0.15 else None,
        shift_exceptions={on: draw_spans(rng, 2) for on in days if rng.random() < 0.15},
    )


def draw_devices(rng: Random, rooms: tuple[Room, ...], ids: Iterator[int]) -> tuple[Device, ...]:
    """Draw devices, some of them tied to a room."""
    return tuple(
        Device(
            f"d{n}",
            "",
            rng.choice(DEVICE_KINDS),
            tuple(next(ids) for _ in range(rng.randint(1, 3))),
            rng.choice(rooms).code if rng.random() < 0.4 else None,
        )
        for n in range(rng.randint(0, 4))
    )


def draw_ask(rng: Random, clinic: Clinic) -> Ask:
    """Draw a visit that could well be possible."""
    lengths = (5, 10, 15, 15, 30, 30, 45)
    steps = [Step(rng.choice(lengths), rng.random() < 0.7) for _ in range(rng.randint(1, 3))]
    reset = Reset(rng.choice((0, 5, 5, 15, 30, 150)), frozenset(some(rng, RESET_HOLDS)))
    needs = {kind: rng.randint(1, 2) for kind in device_kinds(rng, clinic) if rng.random() < 0.4}
    kind = rng.choice(likely_kinds(clinic) if rng.random() < 0.9 else KINDS)
    codes = ("p0", "p1", "p2", "nobody")
    who = None if rng.random() < 0.8 else some(rng, codes, 1)
    return Ask(kind, Shape(tuple(steps), reset, needs), rng.random() < 0.4, who)


def device_kinds(rng: Random, clinic: Clinic) -> list[str]:
    """Return the device kinds that the clinic has, rarely another one."""
    if rng.random() < 0.05:
        return list(DEVICE_KINDS)
    return sorted({device.kind for device in clinic.devices})


def likely_kinds(clinic: Clinic) -> list[str]:
    """Return the kinds for which there are a practitioner and a room, or else all kinds."""
    people = {kind for p in clinic.practitioners for kind in p.kinds}
    rooms = {kind for r in clinic.rooms for kind in r.kinds}
    return sorted(people & rooms) or list(KINDS)


def draw_rows(rng: Random, clinic: Clinic, window: Window) -> list[tuple[int, int, int, int | None]]:
    """Draw claims that do not overlap on one resource, at opening hours and over midnight."""
    found = []
    for resource in every_resource(clinic):
        gaps = rng.choice(((0, 15, 30, 30, 60), (0, 5, 30, 60, 120, 240), (60, 240, 480, 960)))
        at = window.origin - 1440 + rng.randrange(0, 1440, 5)
        while at < window.until and rng.random() < 0.97:
            length = rng.choice((5, 15, 30, 60, 60, 90))
            if 480 < at % 1440 < 1080 or rng.random() < 0.2:
                found.append((resource, at, at + length, rng.choice((None, None, 7, 9))))
            at += length + rng.choice(gaps)
    return found


def every_resource(clinic: Clinic) -> list[int]:
    """Return all resources of a clinic."""
    people = [r for p in clinic.practitioners for r in (p.hands, *p.seats)]
    return [*people, *(r.resource for r in clinic.rooms), *(u for d in clinic.devices for u in d.units)]


def draw_limits(rng: Random, window: Window) -> Limits:
    """Draw what bounds a start."""
    hours_bind = rng.random() < 0.8
    if rng.random() < 0.4:
        return Limits(None, None, rng.random() < 0.5, hours_bind=hours_bind)
    earliest = midnight(window.first_on) + rng.randint(-600, 900)
    last_on = window.first_on + timedelta(days=rng.randint(-1, window.days))
    return Limits(earliest, last_on, rng.random() < 0.7, hours_bind=hours_bind)


def draw_window(rng: Random) -> Window:
    """Draw one to three days."""
    return Window(date.fromisoformat(rng.choice(FIRST_DAYS)), rng.randint(1, 3))


def draw_case(rng: Random, clinic: Clinic, window: Window) -> Case:
    """Draw a question to a clinic."""
    rows = draw_rows(rng, clinic, window) if rng.random() < 0.8 else []
    return Case(clinic, draw_ask(rng, clinic), tuple(rows), window, draw_limits(rng, window))
