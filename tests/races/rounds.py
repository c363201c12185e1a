"""Races in rounds: processes wait for each other, then all do one thing in the same instant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.hold import hold
from booking.actions.move import move
from booking.actions.values import Actor, BookRequest, HoldRequest
from booking.house import house
from booking.records import appointments, database
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
from tests.databases import MORNING
from tests.races.sizes import PATIENCE
from tests.races.worker import BUSY_DAY, list_live, possible_starts, working

STAFF, PATIENT = Actor("staff", "desk"), Actor("patient", "patient")
TEN = datetime(2026, 12, 1, 10, 0)  # on the busy day both people below are there
ALIKE = (("needle-followup", "lam"), ("rmt-60", "kim"))
HERS = (TEN.replace(hour=9), TEN.replace(hour=10, minute=15), TEN.replace(hour=13))  # of Kim, each free
MOVES = tuple(TEN + timedelta(minutes=15 * number) for number in (0, 2, 16, 18))
ADDRESS = "one-address"

Turn = Callable[..., str | None]


def play(
    url: str, folder: Path, number: int, rounds: int, turn: Turn, together: Barrier, off: tuple[str, ...]
) -> list[str]:
    """Take part in some rounds of ``turn``, with ``off`` switched off; return how each ended."""
    with working(url, folder, off) as (_, clinic):
        return [one_round(clinic, number, count, turn, together) for count in range(rounds)]


def one_round(clinic: Clinic, number: int, count: int, turn: Turn, together: Barrier) -> str:
    """Return "done" and what the turn says, or the code and reason with which it was refused."""
    prepare = getattr(turn, "prepare", None)
    seen = prepare(clinic, number, count, together) if prepare else None
    together.wait(PATIENCE)
    try:
        said = turn(clinic, number, count) if prepare is None else turn(clinic, number, count, seen)
    except BookingRefused as refused:
        return f"{refused.code} {refused.reason}".strip()
    return f"done {said or ''}".strip()


def request(service: str, start: datetime, who: str | None, name: str) -> BookRequest:
    """Return a booking of one person, who is known by name and address."""
    return BookRequest(
        service=service,
        start=start,
        practitioner=who,
        name=name,
        email="one@example.com",
        phone="604-555-0123",
        language=None,
        first_visit=None,
        companion=False,
        safety=None,
        consent=True,
    )


def book_the_same_person(clinic: Clinic, number: int, count: int, _seen: object) -> None:
    """Book one person twice at the same time, with two practitioners in two rooms (E47)."""
    service, who = ALIKE[number]
    book(clinic, request(service, TEN, who, f"Person {count}"), PATIENT, MORNING, house().vault)


def clear(clinic: Clinic, number: int, count: int, together: Barrier) -> None:
    """Before a round: one of the two takes back what the round before has booked."""
    together.wait(PATIENCE)
    if number == 0:
        for visit in live(clinic):
            cancel(clinic, visit, STAFF, MORNING)


def move_the_same_visit(clinic: Clinic, number: int, count: int, seen: Visit) -> None:
    """Move one visit to two times, both from the same version of it (E28)."""
    move(clinic, seen, MOVES[(2 * count + number) % 4], None, STAFF, MORNING)


def look(clinic: Clinic, number: int, count: int, together: Barrier) -> Visit:
    """Before a round: both see the visit as it is, once neither is moving it any more."""
    together.wait(PATIENCE)
    seen = live(clinic)[0]
    together.wait(PATIENCE)
    return seen


book_the_same_person.prepare = clear
move_the_same_visit.prepare = look


def edit_or_cancel(clinic: Clinic, number: int, count: int, seen: Visit) -> None:
    """Reception moves a visit while its patient cancels or moves it, from the same version (C9)."""
    if number == 0:
        move(clinic, seen, HERS[2] if seen.starts != HERS[2] else HERS[0], "kim", STAFF, MORNING)
    elif count % 2:
        move(clinic, seen, HERS[1], "kim", PATIENT, MORNING)
    else:
        cancel(clinic, seen, PATIENT, MORNING)


def book_if_gone(clinic: Clinic, number: int, count: int, together: Barrier) -> Visit:
    """Before a round: where the visit was cancelled another is booked; both see it as it is."""
    together.wait(PATIENCE)
    if number == 0 and not live(clinic):
        book(clinic, request("rmt-60", HERS[0], "kim", f"Person {count}"), STAFF, MORNING, house().vault)
    together.wait(PATIENCE)
    return live(clinic)[0]


edit_or_cancel.prepare = book_if_gone


def hold_as_one_visitor(clinic: Clinic, number: int, count: int) -> None:
    """Keep another time for the same visitor (E27)."""
    start = first_starts(clinic, 60)[2 * count + number]
    hold(clinic, HoldRequest("rmt-60", start, None, False, "one-visitor", None), MORNING)


def hold_from_one_address(clinic: Clinic, number: int, count: int) -> None:
    """Keep a time for yet another visitor from the same address (E27)."""
    mine = 2 * count + number
    start = first_starts(clinic, 60)[mine]
    hold(clinic, HoldRequest("rmt-60", start, None, False, f"visitor-{mine}", ADDRESS), MORNING)


def first_starts(clinic: Clinic, count: int) -> list[datetime]:
    """Return the first start of a massage on each of the next days that have one."""
    days = (date.fromordinal(BUSY_DAY.toordinal() + number) for number in range(75))
    found = [starts[0][0] for on in days if (starts := possible_starts(clinic, "rmt-60", on))]
    return found[:count]


def live(clinic: Clinic) -> list[Visit]:
    """Return the visits that are booked."""
    ids = list_live(clinic)
    return database.reading(lambda conn: appointments.list_by_id(conn, clinic.id, ids))
