"""Planning messages: one for each change, in its transaction, none that is out of date."""

from datetime import timedelta
from typing import Any

import pytest

from booking.actions import messages, outbox
from booking.actions.cancel import cancel
from booking.actions.hold import hold
from booking.actions.move import move
from booking.records.transaction import transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, PATIENT, STAFF, at, book_visit, hold_request, rows

pytestmark = pytest.mark.usefixtures("any_app")

SOON = MORNING + timedelta(minutes=1)
DUE = MORNING + timedelta(minutes=3)


def planned() -> list[tuple[str, str]]:
    """Return (kind, state) of every message, oldest first."""
    return [
        (row.kind, row.state)
        for row in rows("SELECT kind, state FROM message WHERE kind NOT LIKE 'reminder%' ORDER BY id")
    ]


def move_to(clinic: Clinic, visit: Visit, hour: int, now: Any = SOON) -> Visit:
    return move(clinic, visit, at(24, hour), "lam", PATIENT, now)


def send_what_is_due(now: Any) -> list[str]:
    """Take and settle what is due, as a worker does; return the kinds."""
    sent = []
    while (taken := outbox.take(now)) is not None:
        if isinstance(taken, outbox.Outgoing):
            outbox.mark_sent(taken, now)
            sent.append(taken.kind)
    return sent


def test_m1_a_booking_plans_one_confirmation_that_leaves_after_the_grace(clinic: Clinic) -> None:
    """M1: one row, due three minutes later, with the zone data's version and no token in clear."""
    book_visit(clinic)
    (row,) = rows(
        "SELECT kind, state, dedupe_key, recipient, sequence, zone_data FROM message"
        " WHERE kind NOT LIKE 'reminder%'"
    )
    assert (row.kind, row.state, row.recipient, row.sequence) == (
        "confirmation",
        "planned",
        "ada@example.com",
        0,
    )
    assert row.dedupe_key.endswith(":confirmation:1")
    assert row.zone_data.startswith("20")
    assert outbox.find_next().at == DUE


def test_a2_the_snapshot_has_no_token(clinic: Clinic) -> None:
    """A2, D9: a link's token stands nowhere in the outbox in clear."""
    from tests.actions.asks import book

    token = book(clinic).token
    (row,) = rows("SELECT * FROM message WHERE kind NOT LIKE 'reminder%'")
    assert token not in repr(tuple(row))


def test_planning_twice_plans_once(clinic: Clinic) -> None:
    """M1: the same change of the same version is told once, however often it is planned."""
    visit = book_visit(clinic)
    for _ in range(2):
        transaction(clinic.id, SOON, lambda conn: messages.plan(conn, clinic, visit, "confirmation", SOON))
    assert planned() == [("confirmation", "planned")]


def test_m1_a_rolled_back_change_plans_nothing(clinic: Clinic) -> None:
    """M1: the message is part of the transaction: no change, no message."""
    visit = book_visit(clinic)

    def fail(conn: Any) -> None:
        messages.plan(conn, clinic, visit, "moved", SOON)
        raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError, match="lights"):
        transaction(clinic.id, SOON, fail)
    assert planned() == [("confirmation", "planned")]


def test_e54_without_an_address_nothing_is_planned(clinic: Clinic) -> None:
    """E54: whoever gave a phone number only is not written to but called, for news and reminder."""
    visit = book_visit(clinic, email=None, phone="604-555-0123")
    assert planned() == []
    transaction(clinic.id, SOON, lambda conn: messages.plan(conn, clinic, visit, "moved", SOON))
    assert [row.kind for row in rows("SELECT kind FROM call_task ORDER BY id")] == [
        "confirmation",
        "reminder",
        "moved",
        "reminder",
    ]
    assert rows("SELECT id FROM message") == []


def test_e66_moved_before_the_confirmation_left_confirms_the_new_time(clinic: Clinic) -> None:
    """E66: the old confirmation never leaves; a fresh one tells the new time only."""
    move_to(clinic, book_visit(clinic, practitioner="lam"), 14)
    assert planned() == [("confirmation", "skipped"), ("confirmation", "planned")]
    taken = outbox.take(SOON + timedelta(minutes=3))
    assert isinstance(taken, outbox.Outgoing)
    assert (taken.kind, taken.letter.starts, taken.sequence) == ("confirmation", at(24, 14), 1)


def test_e66_cancelled_before_the_confirmation_left_says_nothing(clinic: Clinic) -> None:
    """E66: who books and cancels within the grace hears nothing of either."""
    cancel(clinic, book_visit(clinic), PATIENT, SOON)
    assert planned() == [("confirmation", "skipped")]
    assert send_what_is_due(DUE + timedelta(hours=1)) == []


def test_moved_after_the_confirmation_left_tells_the_move(clinic: Clinic) -> None:
    """M4: after the confirmation, a move is told as a move, with the next sequence number."""
    visit = book_visit(clinic, practitioner="lam")
    assert send_what_is_due(DUE) == ["confirmation"]
    move_to(clinic, visit, 14, DUE)
    assert send_what_is_due(DUE + timedelta(minutes=3)) == ["moved"]


def test_moved_twice_tells_the_last_time_only(clinic: Clinic) -> None:
    """M4: two moves within the grace are one message about the second."""
    visit = book_visit(clinic, practitioner="lam")
    send_what_is_due(DUE)
    move_to(clinic, move_to(clinic, visit, 14, DUE), 15, DUE)
    assert planned() == [("confirmation", "sent"), ("moved", "skipped"), ("moved", "planned")]


def test_moved_and_cancelled_after_the_confirmation_tells_the_cancellation(clinic: Clinic) -> None:
    """M4: the move has not left, so only the cancellation is told; the confirmation was in hand."""
    visit = book_visit(clinic, practitioner="lam")
    send_what_is_due(DUE)
    cancel(clinic, move_to(clinic, visit, 14, DUE), STAFF, DUE)
    assert send_what_is_due(DUE + timedelta(minutes=3)) == ["cancelled"]


def test_a_confirmation_that_may_have_arrived_is_cancelled_aloud(clinic: Clinic) -> None:
    """K6: when nobody knows whether the confirmation arrived, its cancellation is sent."""
    visit = book_visit(clinic)
    taken = outbox.take(DUE)
    assert isinstance(taken, outbox.Outgoing)
    outbox.mark_later(taken, "silence", DUE, is_unsure=True)
    cancel(clinic, visit, STAFF, DUE)
    assert send_what_is_due(DUE + timedelta(minutes=5)) == ["cancelled"]


def test_a_confirmation_that_is_being_sent_counts_as_sent(clinic: Clinic) -> None:
    """K9: a message that a worker has in hand is not called back; what follows tells the change."""
    visit = book_visit(clinic, practitioner="lam")
    taken = outbox.take(DUE)
    move_to(clinic, visit, 14, DUE)
    assert isinstance(taken, outbox.Outgoing)
    assert outbox.mark_sent(taken, DUE)
    assert planned() == [("confirmation", "sent"), ("moved", "planned")]


def test_a_hold_that_runs_out_is_never_mailed(clinic: Clinic) -> None:
    """Issue 3: nobody hears that a time was kept, nor that it is kept no longer."""
    hold(clinic, hold_request(), MORNING)
    book_visit(clinic, now=MORNING + timedelta(hours=1), start=at(26, 11))
    assert rows("SELECT id FROM hold") == []
    assert {row.appointment_id for row in rows("SELECT appointment_id FROM message")} == {1}
