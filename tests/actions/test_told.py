"""What patients are told, by who does what and when: exactly the right mails (M4, E66)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from booking.actions import outbox
from booking.actions.cancel import cancel
from booking.actions.move import move
from booking.actions.values import Actor
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, PATIENT, STAFF, book, book_visit, rows

pytestmark = pytest.mark.usefixtures("any_app")

START = datetime(2026, 12, 1, 9, 0)  # eight days ahead, Tuesday
GRACE = timedelta(minutes=3)
Change = Callable[[Clinic, Visit, Actor, datetime], Visit]


def to(hour: int) -> Change:
    return lambda clinic, visit, by, now: move(clinic, visit, START.replace(hour=hour), "lam", by, now)


def gone(clinic: Clinic, visit: Visit, by: Actor, now: datetime) -> Visit:
    return cancel(clinic, visit, by, now)


CHANGES: dict[str, tuple[Change, ...]] = {
    "book": (),
    "move": (to(14),),
    "move twice": (to(14), to(15)),
    "move back": (to(14), to(9)),
    "cancel": (gone,),
    "move, cancel": (to(14), gone),
}


def leaves(now: datetime) -> list[tuple[str, int]]:
    """Send what is due, as a worker does; return (kind, hour of the visit that it names)."""
    sent = []
    while (taken := outbox.take(now)) is not None:
        if isinstance(taken, outbox.Outgoing):
            outbox.mark_sent(taken, now)
            sent.append((taken.kind, taken.letter.starts.hour))
    return sent


@pytest.mark.parametrize("by", [PATIENT, STAFF], ids=["patient", "staff"])
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("book", []),
        ("move", [("moved", 14)]),
        ("move twice", [("moved", 15)]),
        ("move back", []),
        ("cancel", [("cancelled", 9)]),
        ("move, cancel", [("cancelled", 14)]),
    ],
)
def test_m4_after_the_confirmation_left(
    clinic: Clinic, by: Actor, what: str, told: list[tuple[str, int]]
) -> None:
    """M4: one mail for each change that holds after the grace; who moves back hears nothing.

    A cancellation names the time that the person knows: the patient's own new one, and the
    one last told where the clinic moved and cancelled.
    """
    visit = book_visit(clinic, start=START, practitioner="lam")
    now = MORNING + GRACE
    assert leaves(now) == [("confirmation", 9)]
    for change in CHANGES[what]:
        now += timedelta(seconds=30)
        visit = change(clinic, visit, by, now)
    if by is STAFF and what == "move, cancel":
        told = [("cancelled", 9)]
    assert leaves(now + GRACE) == told


@pytest.mark.parametrize("by", [PATIENT, STAFF], ids=["patient", "staff"])
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("book", [("confirmation", 9)]),
        ("move", [("confirmation", 14)]),
        ("move twice", [("confirmation", 15)]),
        ("move back", [("confirmation", 9)]),
        ("cancel", []),
        ("move, cancel", []),
    ],
)
def test_m4_before_the_confirmation_left(
    clinic: Clinic, by: Actor, what: str, told: list[tuple[str, int]]
) -> None:
    """M4, E66: within the grace one confirmation of what holds in the end; a cancelled one is not confirmed.

    A clinic that cancels says so all the same: whoever booked has seen that it is booked.
    """
    visit, now = book_visit(clinic, start=START, practitioner="lam"), MORNING
    for change in CHANGES[what]:
        now += timedelta(seconds=30)
        visit = change(clinic, visit, by, now)
    if by is STAFF and what in ("cancel", "move, cancel"):
        told = [("cancelled", 9 if what == "cancel" else 14)]
    assert leaves(now + GRACE) == told


@pytest.mark.parametrize("has_left", [True, False], ids=["confirmed", "not yet"])
@pytest.mark.parametrize("what", ["book", "move", "move back", "cancel"])
def test_m4_staff_may_tell_the_patient_themselves(clinic: Clinic, has_left: bool, what: str) -> None:
    """M4: with `tell` False no change is mailed; reminders follow the visit all the same."""
    visit, now = book_visit(clinic, start=START, practitioner="lam"), MORNING
    if has_left:
        now += GRACE
        leaves(now)
    hours = {"book": [], "move": [14], "move back": [14, 9], "cancel": []}[what]
    for hour in hours:
        visit = move(clinic, visit, START.replace(hour=hour), "lam", STAFF, now, tell=False)
    if what == "cancel":
        cancel(clinic, visit, STAFF, now, tell=False)
    last = hours[-1] if hours else 9
    assert leaves(now + GRACE) == ([] if has_left or what == "cancel" else [("confirmation", last)])
    reminders = rows("SELECT dedupe_key FROM message WHERE state = 'planned' ORDER BY due_at")
    assert [row.dedupe_key[-5:] for row in reminders] == ([] if what == "cancel" else [f"{last:02}:00"] * 2)


def test_m4_staff_who_confirm_by_word_send_no_confirmation(clinic: Clinic) -> None:
    """M4: a booking with `tell` False plans its reminders only."""
    book(clinic, STAFF, start=START, tell=False)
    assert leaves(MORNING + GRACE) == []
    assert [row.kind for row in rows("SELECT kind FROM message ORDER BY due_at")] == [
        "reminder_48",
        "reminder_3",
    ]


def test_e63_a_quiet_move_back_is_told(clinic: Clinic) -> None:
    """M4: after a move that staff told by word, the way back is news and is mailed."""
    visit = book_visit(clinic, start=START, practitioner="lam")
    leaves(MORNING + GRACE)
    visit = move(clinic, visit, START.replace(hour=14), "lam", STAFF, MORNING + GRACE, tell=False)
    move(clinic, visit, START, "lam", PATIENT, MORNING + 2 * GRACE)
    assert leaves(MORNING + 3 * GRACE) == [("moved", 9)]


def test_e66_a_move_that_may_have_been_told_is_taken_back_aloud(clinic: Clinic) -> None:
    """E66, K6: where nobody knows whether "moved" arrived, moving back is told."""
    visit = book_visit(clinic, start=START, practitioner="lam")
    leaves(MORNING + GRACE)
    now = MORNING + GRACE
    visit = move(clinic, visit, START.replace(hour=14), "lam", PATIENT, now)
    taken = outbox.take(now + GRACE)
    assert isinstance(taken, outbox.Outgoing)
    outbox.mark_later(taken, "silence", now + GRACE, is_unsure=True)
    move(clinic, visit, START, "lam", PATIENT, now + GRACE)
    assert leaves(now + 3 * GRACE) == [("moved", 9)]


def test_e54_by_phone_the_latest_change_is_the_only_call(clinic: Clinic) -> None:
    """E54: without an address each change replaces the calls about the last; cancelled, there are none."""
    visit = book_visit(clinic, start=START, practitioner="lam", email=None, phone="604-555-0123")
    visit = move(clinic, visit, START.replace(hour=14), "lam", STAFF, MORNING)
    is_open = "SELECT kind FROM call_task WHERE done_at IS NULL ORDER BY id"
    assert [row.kind for row in rows(is_open)] == ["confirmation", "reminder"]
    cancel(clinic, visit, PATIENT, MORNING)
    assert rows(is_open) == []
    assert rows("SELECT done_by FROM call_task GROUP BY done_by") == [("system",)]
