"""Contests: several processes want the same thing in the same instant, round after round.

Each is a turn for ``rounds.play``: what a process prepares before the instant, and what
it then does. They play in the sample clinic with more people and rooms at work on
Tuesdays (``set_up``), on another Tuesday each.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier

from booking.actions.block import BlockRequest, block, unblock
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.hold import hold
from booking.actions.move import move
from booking.actions.series import book_series
from booking.actions.values import BookRequest, HoldRequest
from booking.house import house
from booking.records import database
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from tests.databases import MORNING, SAMPLE
from tests.races.rounds import PATIENT, STAFF, live
from tests.races.sizes import PATIENCE

TUESDAY = datetime(2026, 12, 1, 14, 0)
LASERS = (("laser-30", "lam"), ("laser-45", "sandhu"))
MASSAGES = (("rmt-45", "kim"), ("rmt-60", "tremblay"))
PLACES = tuple(TUESDAY - timedelta(hours=hours) for hours in (5, 3.5, 2))  # of two visits with lam
FREE = ("sandhu", "tremblay")  # of the four who do massage, when the two others are busy
WEEKS = 6
A_MOMENT = timedelta(seconds=1)
TRIES = 1000


def set_up() -> str:
    """Return the sample clinic with two acupuncturists, four who do massage, and no grace."""
    written = SAMPLE.read_text()
    for before, after in (
        (
            'kinds = ["needle", "laser"]\nlanguages = ["en", "pa"]',
            'kinds = ["laser", "massage"]\nlanguages = ["en"]',
        ),
        ('shifts = { fri = "09:00-17:00", sat', 'shifts = { tue = "09:00-17:00", fri = "09:00-17:00", sat'),
        ('shifts = { wed = "13:00-19:00", thu', 'shifts = { tue = "09:00-19:00", wed = "13:00-19:00", thu'),
        (
            'kinds = ["needle"]\ncall_bell = true\nwheelchair = true',
            'kinds = ["laser", "massage"]\nlaser_controlled_area = true',
        ),
        ('kinds = ["needle"]\ncall_bell = true\nwheelchair = false', 'kinds = ["needle", "massage"]'),
        ('tied_to_room = "l1"\n', ""),
        ("count = 3 ", "count = 4 "),
        ("confirmation_delay_minutes = 3 ", "confirmation_delay_minutes = 0 "),
    ):
        assert written.count(before) == 1, before
        written = written.replace(before, after)
    return written


def wish(service: str, start: datetime, who: str | None, number: int, count: int) -> BookRequest:
    """Return a booking of a person who has never booked before."""
    return BookRequest(
        service=service,
        start=start,
        practitioner=who,
        name=f"Visitor {number} {count}",
        email=f"v{number}.{count}@example.com",
        phone=None,
        language=None,
        first_visit=None,
        companion=False,
        safety="ok",
        consent=True,
        visitor=f"visitor-{number}-{count}",
    )


def want(clinic: Clinic, request: BookRequest, now: datetime = MORNING) -> str:
    """Book as a patient and return with whom."""
    return book(clinic, request, PATIENT, now, house().vault).practitioner


def sweep(clinic: Clinic, number: int, count: int, together: Barrier) -> None:
    """Before a round: the first of all takes back what the round before has booked and blocked."""
    together.wait(PATIENCE)
    if number == 0:
        for visit in live(clinic):
            cancel(clinic, visit, STAFF, MORNING)
        for (block_id,) in database.reader().exec_driver_sql("SELECT id FROM block").all():
            unblock(clinic, block_id, STAFF, MORNING)


def take_the_laser(clinic: Clinic, number: int, _count: int, _seen: object) -> str:
    """Book the one laser, each with another service, practitioner and room (C5)."""
    service, who = LASERS[number]
    return want(clinic, wish(service, TUESDAY, who, number, _count))


def take_the_last_room(clinic: Clinic, number: int, count: int, _seen: object) -> str:
    """Book the last room for massage, each with another service and practitioner (C5)."""
    service, who = MASSAGES[number]
    return want(clinic, wish(service, TUESDAY, who, number, count))


def leave_one_room(clinic: Clinic, number: int, count: int, together: Barrier) -> None:
    """Before a round: every room for massage but one is out of order."""
    sweep(clinic, number, count, together)
    if number == 0:
        for code in ("n1", "n2", "m1"):
            _block(clinic, "room_out", code)


def swap_or_share(clinic: Clinic, number: int, count: int, seen: list[Visit]) -> str:
    """Move my visit onto the other's place, or, every other round, both onto the free one (C6)."""
    mine, other = sorted(seen, key=lambda visit: visit.id)[:: -1 if number else 1]
    free = next(place for place in PLACES if place not in (mine.starts, other.starts))
    target = free if count % 2 else other.starts
    move(clinic, mine, target, "lam", STAFF, MORNING)
    return "free" if count % 2 else "swap"


def see_both(clinic: Clinic, number: int, count: int, together: Barrier) -> list[Visit]:
    """Before a round: both see the two visits as they are; before the first they are booked."""
    together.wait(PATIENCE)
    if count == 0 and number == 0:
        for which in (0, 1):
            want(clinic, wish("needle-followup", PLACES[which], "lam", which, 0))
    together.wait(PATIENCE)
    seen = live(clinic)
    together.wait(PATIENCE)
    return seen


def cancel_and_take(clinic: Clinic, number: int, count: int, seen: Visit) -> str:
    """The first of all cancels as a patient; all others want the freed time at once (C7)."""
    if number == 0:
        cancel(clinic, seen, PATIENT, MORNING)
        return "freed"
    request = wish("rmt-60", TUESDAY, "kim", number, count)
    for _ in range(TRIES):
        try:
            return want(clinic, request)
        except SlotTaken:
            if any(visit.id != seen.id for visit in live(clinic)):
                raise
    raise AssertionError("the freed time went to nobody")


def occupy(clinic: Clinic, number: int, count: int, together: Barrier) -> Visit:
    """Before a round: one visit stands, and all have seen it."""
    together.wait(PATIENCE)
    if number == 0 and not live(clinic):
        want(clinic, wish("rmt-60", TUESDAY, "kim", number, -1))
    together.wait(PATIENCE)
    (seen,) = live(clinic)
    together.wait(PATIENCE)
    return seen


def take_anyone(clinic: Clinic, number: int, count: int, _seen: object) -> str:
    """Book with whoever is free (C8)."""
    return want(clinic, wish("rmt-60", TUESDAY, None, number, count))


def leave_two_people(clinic: Clinic, number: int, count: int, together: Barrier) -> None:
    """Before a round: of the four who do massage two are in a meeting."""
    sweep(clinic, number, count, together)
    if number == 0:
        for code in ("kim", "ahmadi"):
            _block(clinic, "meeting", code)


def block_or_book(clinic: Clinic, number: int, count: int, _seen: object) -> str:
    """Reception blocks a person's time while a patient books in it (C11)."""
    if number == 0:
        _block(clinic, ("meeting", "time_off", "admin")[count % 3], "kim")
        return "blocked"
    return want(clinic, wish("rmt-60", TUESDAY - timedelta(minutes=30), "kim", number, count))


def confirm_or_take(clinic: Clinic, number: int, count: int, ends: datetime) -> str:
    """The holder confirms in the second in which the hold ends, another takes the time (C17)."""
    late = (-A_MOMENT, timedelta(), A_MOMENT)[count % 3]
    now = ends + late if number == 0 else ends
    return want(clinic, wish("rmt-60", TUESDAY, "kim", number, count), now) + f" {number}"


def keep(clinic: Clinic, number: int, count: int, together: Barrier) -> datetime:
    """Before a round: the first of all keeps the time, and both know until when."""
    sweep(clinic, number, count, together)
    if number == 0:
        hold(clinic, HoldRequest("rmt-60", TUESDAY, "kim", False, f"visitor-0-{count}", None), MORNING)
    return MORNING + timedelta(minutes=clinic.policy.hold_minutes)


def series_or_one_date(clinic: Clinic, number: int, count: int, _seen: object) -> str:
    """Reception books six weeks in a row while a patient books the fourth of them (C10)."""
    weeks = [TUESDAY + timedelta(weeks=week) for week in range(WEEKS)]
    if number:
        return want(clinic, wish("rmt-60", weeks[3], "kim", number, count))
    asked = replace(wish("rmt-60", TUESDAY, "kim", number, count), door="desk")
    return f"{len(book_series(clinic, asked, dict.fromkeys(weeks), STAFF, MORNING, house().vault))}"


def see_no_part(clinic: Clinic, number: int, count: int, together: Barrier) -> None:
    """Before a round: the one before has left a whole series or one visit, never a part."""
    together.wait(PATIENCE)
    if number == 0:
        assert len(live(clinic)) in ((1, WEEKS) if count else (0,))
    sweep(clinic, number, count, together)


def _block(clinic: Clinic, kind: str, what: str) -> None:
    ends = TUESDAY + timedelta(hours=1)
    block(clinic, BlockRequest(kind, what, TUESDAY - timedelta(hours=1), ends, "contest"), STAFF, MORNING)


take_the_laser.prepare = sweep
take_the_last_room.prepare = leave_one_room
swap_or_share.prepare = see_both
cancel_and_take.prepare = occupy
take_anyone.prepare = leave_two_people
block_or_book.prepare = sweep
confirm_or_take.prepare = keep
series_or_one_date.prepare = see_no_part
