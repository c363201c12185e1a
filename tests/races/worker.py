"""What the racing processes do: real actions on a database that others use at the same time."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy import text

from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.clinics import get_clinic
from booking.actions.move import move
from booking.actions.values import Actor, BookRequest
from booking.house import house
from booking.records import appointments, database
from booking.scheduling import slots
from booking.scheduling.appointment import Visit
from booking.scheduling.busy import Busy
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
from booking.scheduling.rules import STAFF as NO_LIMITS
from booking.scheduling.slots import Ask
from booking.scheduling.timeline import Window, wall
from tests.databases import MORNING, opened
from tests.races import stored, weakened
from tests.races.history import History
from tests.races.sizes import PATIENCE

BUSY_DAY = date(2026, 12, 1)  # a Tuesday: one acupuncturist with two seats, two massage therapists
SERVICES = ("needle-followup", "laser-30", "laser-45", "rmt-30", "rmt-45", "rmt-60")
PER_OPERATION = timedelta(seconds=20)  # of the clinic's time, so that holds end during the race
LOOK_SECONDS = 0.02
EXPECTED = ("slot_taken", "not_offered", "stale", "too_late")  # refusals that belong to a race
NAMES = ("Grace O'Hara", "李雷", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "نیلوفر احمدی", "Null", "Zoë 🙂")


@dataclass(frozen=True)
class Shop:
    """One process of the busy day; ``off`` names what is switched off in it."""

    url: str
    folder: Path
    number: int
    operations: int
    seed: int
    off: tuple[str, ...] = ()


@dataclass
class Tally:
    """How a process's operations ended."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the tally as it is handed over."""
        return {"done": self.done, "refused": self.refused, "errors": self.errors}


@contextmanager
def working(url: str, folder: Path, off: tuple[str, ...] = ()) -> Iterator[tuple[Flask, Clinic]]:
    """Open the application in this process, with its context and its clinic."""
    with opened(url, folder, lambda: MORNING) as app, app.app_context():
        if "lock" in off:
            weakened.drop_lock(app)
        if off:
            weakened.widen()
        yield app, get_clinic(None)


def shop(order: Shop, together: Barrier) -> dict[str, Any]:
    """Book, cancel and move on one busy day, and write down what was acknowledged."""
    chance = random.Random(order.seed * 1000 + order.number)
    with working(order.url, order.folder, order.off) as (_, clinic):
        customer = Customer(clinic, chance, order)
        together.wait(PATIENCE)
        for number in range(order.operations):
            customer.do(MORNING + number * PER_OPERATION)
        customer.history.close()
        return customer.tally.as_json()


class Customer:
    """Does one operation after another, sometimes as a patient, sometimes as the desk."""

    def __init__(self, clinic: Clinic, chance: random.Random, order: Shop) -> None:
        self.clinic = clinic
        self.chance = chance
        self.order = order
        self.tally = Tally()
        self.history = History(order.folder / f"history-{order.seed}-{order.number}.jsonl")
        self.starts = {service: possible_starts(clinic, service, BUSY_DAY) for service in SERVICES}
        self.count = 0

    def do(self, now: datetime) -> None:
        """Do one operation: 65 of 100 book, 15 cancel, 20 move."""
        what = self.chance.choices((self.book, self.cancel, self.move), (65, 15, 20))[0]
        by = self.chance.choice((Actor("patient", "patient"), Actor("staff", "desk")))
        try:
            what(by, now)
            self.tally.done[what.__name__] += 1
        except BookingRefused as refused:
            if refused.code in EXPECTED:
                self.tally.refused[refused.code] += 1
            else:
                self.tally.errors.append(f"{what.__name__}: {refused.code}: {refused.reason}")
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            self.tally.errors.append(f"{what.__name__}: {error!r}")

    def book(self, by: Actor, now: datetime) -> None:
        """Book any service at any start that its rules allow."""
        service = self.chance.choice(SERVICES)
        start, people = self.chance.choice(self.starts[service])
        self.count += 1
        mine = f"{self.order.seed}-{self.order.number}-{self.count}"
        request = BookRequest(
            service=service,
            start=start,
            practitioner=self.chance.choice([None, *people]),
            name=f"{self.chance.choice(NAMES)} {mine}",
            email=f"p{mine}@example.com",
            phone=None,
            language=None,
            first_visit=None,
            companion=self.chance.random() < 0.3,
            safety="ok",
            consent=True,
            key=f"key-{mine}",
            door="api",
        )
        booked = book(self.clinic, request, by, now, house().vault)
        self.write(booked.reference, 1, booked.status, booked.start, booked.practitioner)

    def write(self, reference: str, version: int, status: str, starts: datetime, person: str) -> None:
        """Write down what was acknowledged."""
        self.history.write(reference=reference, version=version, status=status, starts=starts, person=person)

    def write_visit(self, visit: Visit) -> None:
        """Write down a visit as it was acknowledged."""
        self.write(visit.reference, visit.version, visit.status, visit.starts, visit.practitioner)

    def cancel(self, by: Actor, now: datetime) -> None:
        """Cancel anybody's visit."""
        visit = self.any_visit()
        if visit is not None:
            done = cancel(self.clinic, visit, by, now)
            if done.version > visit.version:
                self.write_visit(done)

    def move(self, by: Actor, now: datetime) -> None:
        """Move anybody's visit to another start of its service."""
        visit = self.any_visit()
        if visit is not None:
            start, people = self.chance.choice(self.starts[visit.service])
            who = self.chance.choice([None, *people])
            done = move(self.clinic, visit, start, who, by, now)
            self.write_visit(done)

    def any_visit(self) -> Visit | None:
        """Return some visit of the clinic, whoever booked it."""
        ids = list_live(self.clinic)
        if not ids:
            return None
        chosen = self.chance.choice(ids)
        return database.reading(lambda conn: appointments.find_visit(conn, self.clinic.id, chosen))


def list_live(clinic: Clinic) -> list[int]:
    """Return the ids of the visits that are booked."""
    question = text("SELECT id FROM appointment WHERE clinic_id = :clinic AND status = 'booked' ORDER BY id")
    return list(database.reader().execute(question, {"clinic": clinic.id}).scalars())


def possible_starts(clinic: Clinic, service: str, on: date) -> list[tuple[datetime, list[str]]]:
    """Return the starts that the rules allow on a day, every five minutes, and with whom."""
    found = clinic.service[service]
    window = Window(on, 1)
    masks = slots.starts(clinic, Ask(found.kind, found.shape), Busy.empty(window), NO_LIMITS)
    together = 0
    for mask in masks.values():
        together |= mask
    return [
        (wall(minute), [code for code, mask in masks.items() if window.has(mask, minute)])
        for minute in slots.each_start(together, window)
        if minute % clinic.grid_minutes == 0
    ]


def watch(url: str, ready: Event, stop: Event) -> dict[str, Any]:
    """Look for overlapping claims every 20 ms until told to stop; return what was seen."""
    looks, worst, until = 0, 0, monotonic() + 2 * PATIENCE
    with stored.connected(url) as conn:
        stored.count_overlaps(conn)
        ready.set()
        while not stop.wait(LOOK_SECONDS) and monotonic() < until:
            worst = max(worst, stored.count_overlaps(conn))
            looks += 1
        worst = max(worst, stored.count_overlaps(conn))
    return {"looks": looks, "worst": worst}
