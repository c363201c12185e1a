"""A year of a generated clinic's visits, each placed by the engine under every rule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from booking.scheduling import assign, slots
from booking.scheduling.clinic import Clinic, Practitioner, Service
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import CELL, Window

YEAR = 364  # whole weeks, so that a copied year falls on the same weekdays
ON_GRID = Limits(None, None, on_grid=True)
TRIES = 26


@dataclass(frozen=True)
class Placed:
    """One visit: who, where, when, and its claims (resource, starts, ends)."""

    service: str
    practitioner: str
    room: str
    starts: int
    ends: int
    claims: tuple[tuple[int, int, int], ...]


def year(clinic: Clinic, last_on: date, wanted: int, seed: int = 1, length: int = YEAR) -> list[Placed]:
    """Return ``wanted`` visits over the days that end on ``last_on``, 364 of them unless told otherwise.

    Days fill up like a clinic's: the past is full, the last 90 days thin out.
    """
    chance = random.Random(seed)
    days = [last_on - timedelta(days=back) for back in range(length)]
    found: list[Placed] = []
    for share in (0.5, 0.7, 1.0):
        found = [visit for on in days for visit in _day(clinic, on, _load(on, last_on, share), chance)]
        if len(found) >= wanted:
            break
    if len(found) < wanted:
        raise RuntimeError(f"the generated clinic holds only {len(found)} visits")
    chance.shuffle(found)
    return sorted(found[:wanted], key=lambda visit: (visit.starts, visit.practitioner))


def _load(on: date, last_on: date, share: float) -> float:
    ahead = 90 - (last_on - on).days
    return share if ahead <= 0 else share * (1 - ahead / 90) ** 2


def _day(clinic: Clinic, on: date, load: float, chance: random.Random) -> Iterator[Placed]:
    busy = Busy.empty(Window(on, 1))
    people = list(clinic.practitioners)
    for _ in range(TRIES):
        chance.shuffle(people)
        for person in people:
            if chance.random() < load:
                visit = _visit(clinic, busy, person, chance)
                if visit is not None:
                    yield visit


def _visit(clinic: Clinic, busy: Busy, person: Practitioner, chance: random.Random) -> Placed | None:
    menu = [s for s in clinic.services if s.kind in person.kinds]
    service = chance.choices(menu, [90 - s.shape.minutes + 15 for s in menu])[0]
    ask = _ask(service, person)
    mask = slots.starts(clinic, ask, busy, ON_GRID)[person.code]
    if not mask:
        return None
    start = chance.choice(list(slots.each_start(mask, busy.window)))
    placement = assign.place(clinic, ask, person.code, start, busy)
    if placement.pools:
        return None
    for resource, begins, ends in placement.claims:
        busy.masks[resource] = busy.masks.get(resource, 0) | busy.window.mask(begins, ends)
    end = start + service.shape.minutes
    return Placed(service.code, person.code, placement.room, start, end, placement.claims)


def _ask(service: Service, person: Practitioner) -> Ask:
    return Ask(service.kind, service.shape, practitioners=(person.code,))


__all__ = ["CELL", "YEAR", "Placed", "year"]
