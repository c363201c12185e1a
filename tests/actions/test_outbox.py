"""The outbox: each message to one worker, dropped when it has become wrong, never lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from booking.actions import outbox
from booking.actions.outbox import Dropped, Outgoing
from booking.mail.deliver import SETTLE_PAUSES
from booking.mail.smtp import WHOLE_SECONDS
from booking.records.outbox import Next
from booking.records.transaction import light_transaction
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, book_visit, instant, rows

pytestmark = pytest.mark.usefixtures("any_app")

DUE = MORNING + timedelta(minutes=3)
MINUTE = timedelta(minutes=1)
LEASE = 2 * MINUTE


def change(statement: str, **given: Any) -> None:
    """Change rows behind the program's back."""
    light_transaction(lambda conn: conn.execute(text(statement), given))


def state() -> tuple[str, str | None, int]:
    """Return (state, reason, attempts) of the only message."""
    (row,) = rows("SELECT state, reason, attempts FROM message WHERE kind NOT LIKE 'reminder%'")
    return row.state, row.reason, row.attempts


def take(now: datetime) -> Outgoing:
    taken = outbox.take(now)
    assert isinstance(taken, Outgoing)
    return taken


def call_tasks() -> list[str]:
    return [row.kind for row in rows("SELECT kind FROM call_task ORDER BY id")]


def test_nothing_leaves_before_it_is_due(clinic: Clinic) -> None:
    """The grace of three minutes is whole: one second before its end nothing is due."""
    book_visit(clinic)
    assert outbox.take(DUE - timedelta(seconds=1)) is None
    assert take(DUE).kind == "confirmation"


def test_e65_a_message_is_given_to_one_worker(clinic: Clinic) -> None:
    """E65: what one worker has in hand, no other gets, until the lease ends."""
    book_visit(clinic)
    first = take(DUE)
    assert outbox.take(DUE + LEASE - timedelta(seconds=1)) is None
    second = take(DUE + LEASE)
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)


def test_k14_clocks_a_minute_apart_do_not_share_a_message(clinic: Clinic) -> None:
    """K14: a worker whose clock is a minute ahead leaves alone what another is sending for all its time."""
    book_visit(clinic)
    take(DUE)
    longest = timedelta(seconds=WHOLE_SECONDS + sum(SETTLE_PAUSES))
    assert outbox.take(DUE + longest + MINUTE) is None


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1), -timedelta(days=1)])
def test_k14_a_clock_that_jumps_sends_nothing_twice_or_early(clinic: Clinic, jump: timedelta) -> None:
    """K14: after the jump what was sent stays sent, and what is not due by the new clock waits."""
    book_visit(clinic)
    outbox.mark_sent(take(DUE), DUE)
    assert outbox.take(DUE + jump) is None
    assert outbox.find_next().at == instant(23, 20, 30)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_k14_a_lease_of_a_clock_that_was_put_back_is_void(clinic: Clinic, back: timedelta) -> None:
    """K14: what a killed worker had in hand while its clock was hours ahead is taken up at once."""
    book_visit(clinic, start=datetime(2026, 12, 8, 9, 0))
    first = take(DUE + back)
    assert not outbox.is_due(outbox.find_next(), DUE + back)
    assert outbox.is_due(outbox.find_next(), DUE)
    second = take(DUE)
    assert (second.id, second.attempts, second.is_unsure) == (first.id, 2, True)
    assert outbox.take(DUE) is None


def test_e65_who_lost_the_lease_settles_nothing(clinic: Clinic) -> None:
    """E65: a worker that was slower than its lease cannot undo what the next one wrote down."""
    book_visit(clinic)
    slow, quick = take(DUE), take(DUE + LEASE)
    assert outbox.mark_sent(quick, DUE + LEASE)
    assert not outbox.mark_sent(slow, DUE + LEASE + MINUTE)
    outbox.mark_later(slow, "too slow", DUE + LEASE + MINUTE, is_unsure=False)
    outbox.mark_failed(slow, "too slow", DUE + LEASE + MINUTE)
    assert state() == ("sent", None, 2)
    assert call_tasks() == []


def test_k6_a_killed_workers_message_is_taken_again_and_may_have_arrived(clinic: Clinic) -> None:
    """K6: after the lease of a killed worker its message is due again, marked as perhaps delivered."""
    book_visit(clinic)
    take(DUE)
    assert take(DUE + LEASE).is_unsure
    assert state() == ("sending", "Perhaps delivered: its worker stopped", 2)


def test_k7_a_refused_address_is_tried_once_and_makes_a_call_task(clinic: Clinic) -> None:
    """K7, E68: a permanent refusal ends it after one try and reception is asked to call."""
    book_visit(clinic)
    outbox.mark_failed(take(DUE), "550 no such user", DUE)
    assert state() == ("failed", "550 no such user", 1)
    assert call_tasks() == ["bounced", "reminder"]
    assert outbox.take(DUE + timedelta(hours=20)) is None


def test_k7_a_busy_server_is_tried_ten_times_within_a_day(clinic: Clinic) -> None:
    """K7: temporary refusals back off, ten tries in less than 24 hours, then failed and a call task."""
    book_visit(clinic, start=datetime(2026, 12, 8, 9, 0))
    change("DELETE FROM message WHERE kind LIKE 'reminder%'")
    now, tries = DUE, []
    while (taken := outbox.take(now)) is not None:
        assert isinstance(taken, Outgoing)
        tries.append(now)
        outbox.mark_later(taken, "451 try later", now, is_unsure=False)
        now = outbox.find_next().at or now
    assert len(tries) == 10
    assert timedelta(hours=12) < tries[-1] - tries[0] < timedelta(hours=24)
    assert state() == ("failed", "451 try later", 10)
    assert call_tasks() == ["confirmation"]


def test_the_pauses_grow_and_differ_between_messages() -> None:
    """K7: pauses grow, and messages that failed together do not come back together."""
    first = [outbox.pause(1, n) for n in range(1, 10)]
    assert first == sorted(first)
    assert len({outbox.pause(n, 3) for n in range(41)}) == 41
    assert all(4 * MINUTE <= outbox.pause(n, 3) <= 6 * MINUTE for n in range(200))


def test_a_message_that_kills_its_workers_is_given_up(clinic: Clinic) -> None:
    """K7: a message during which ten workers stopped is not tried an eleventh time."""
    book_visit(clinic, start=datetime(2026, 12, 8, 9, 0))
    now = DUE
    for _ in range(10):
        take(now)
        now += LEASE
    assert isinstance(outbox.take(now), Dropped)
    assert state() == ("failed", "Given up: 10 tries ended without an answer.", 10)
    assert call_tasks() == ["confirmation"]


def test_e64_a_visit_that_has_begun_is_not_confirmed(clinic: Clinic) -> None:
    """E64: what comes too late is dropped; one second before the start it still leaves."""
    book_visit(clinic)
    assert outbox.take(instant(24, 9)) == Dropped(1, "The visit has begun.")
    assert state() == ("skipped", "The visit has begun.", 0)


def test_e64_until_the_start_a_late_confirmation_still_leaves(clinic: Clinic) -> None:
    """E64: after hours without a mail server, what is still of use leaves."""
    book_visit(clinic)
    assert take(instant(24, 9) - timedelta(seconds=1)).kind == "confirmation"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE appointment SET status = 'cancelled'", "The appointment is no longer booked."),
        (
            "UPDATE appointment SET starts = '2026-11-24 09:15:00.000000'",
            "The appointment was moved.",
        ),
    ],
)
def test_e66_what_is_no_longer_true_is_dropped(clinic: Clinic, statement: str, reason: str) -> None:
    """E66: the appointment as it is at delivery decides, whatever was planned."""
    book_visit(clinic)
    change(statement)
    assert outbox.take(DUE) == Dropped(1, reason)


@pytest.mark.parametrize(
    ("at", "statement", "reason"),
    [
        (instant(24, 9, 30), "UPDATE appointment SET status = 'cancelled'", None),
        (
            instant(24, 10),
            "UPDATE appointment SET status = 'cancelled'",
            "The time of the visit has passed.",
        ),
        (DUE, "UPDATE appointment SET status = 'booked'", "The appointment is not cancelled any more."),
    ],
)
def test_a_cancellation_is_told_until_the_visit_would_have_ended(
    clinic: Clinic, at: datetime, statement: str, reason: str | None
) -> None:
    """E64: whoever is on the way to a cancelled visit hears of it; afterwards nobody needs to."""
    book_visit(clinic)
    change("UPDATE message SET kind = 'cancelled' WHERE kind NOT LIKE 'reminder%'")
    change(statement)
    taken = outbox.take(at)
    assert (taken.reason if isinstance(taken, Dropped) else None) == reason


def test_a_snapshot_that_cannot_be_read_keeps_nobody_back(clinic: Clinic) -> None:
    """A damaged message fails by itself with a call task; the next one leaves."""
    book_visit(clinic)
    change("UPDATE message SET snapshot = '{}' WHERE kind NOT LIKE 'reminder%'")
    book_visit(clinic, name="Bo Example", email="bo@example.com", start=datetime(2026, 11, 24, 11, 0))
    assert outbox.take(DUE) == Dropped(1, "Given up: what it should say cannot be read.")
    assert take(DUE).recipient == "bo@example.com"
    assert call_tasks() == ["confirmation"]


def test_e33_what_is_held_stays_and_is_released(clinic: Clinic) -> None:
    """E33: with wrong zone data due messages are held, with the reason; later they leave."""
    book_visit(clinic)
    assert outbox.hold_due(DUE - MINUTE) == 0
    assert outbox.hold_due(DUE) == 1
    assert state() == ("held", "The zone data of this machine is out of date.", 0)
    assert outbox.take(DUE) is None
    assert outbox.find_next().held == 1
    assert outbox.release_held() == 1
    assert state() == ("planned", None, 0)
    assert take(DUE).kind == "confirmation"


def test_the_oldest_leaves_first(clinic: Clinic) -> None:
    """Messages leave in the order in which they became due."""
    for minute in (2, 0, 1):
        book_visit(
            clinic,
            now=MORNING + minute * MINUTE,
            name=f"Patient {minute}",
            email=f"p{minute}@example.com",
            start=datetime(2026, 11, 24, 9 + minute, 0),
        )
    now = MORNING + timedelta(hours=1)
    assert [take(now).recipient for _ in range(3)] == ["p0@example.com", "p1@example.com", "p2@example.com"]


def test_who_takes_knows_when_the_next_is_due(clinic: Clinic) -> None:
    """An empty outbox has no next message; a leased one is next when its lease ends."""
    assert outbox.find_next() == Next(None, 0, 0)
    book_visit(clinic)
    take(DUE)
    assert outbox.find_next() == Next(DUE + LEASE, 0, 0, DUE + LEASE)
    assert (DUE + LEASE).tzinfo == UTC
