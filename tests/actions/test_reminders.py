"""Reminders: planned with the visit, right when they leave, a call where no mail can go (E54, E66-E68)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from booking.actions import health, messages, outbox, reminders, stop_reminders
from booking.actions.cancel import cancel
from booking.actions.desk_alarms import list_alarms
from booking.actions.desk_counts import count
from booking.actions.move import move
from booking.actions.outbox import Dropped, Outgoing
from booking.records.transaction import light_transaction, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import zone_data_version
from tests.actions.asks import MORNING, PATIENT, STAFF, at, book, book_visit, instant, rows
from tests.records.work import statements

pytestmark = pytest.mark.usefixtures("any_app")

START = datetime(2026, 12, 1, 9, 0)  # Tuesday, eight days ahead
HOURS = (9, 11, 14)
GRACE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)
TWO_DAYS_BEFORE = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)  # Sunday 9:00
EVENING_BEFORE = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)  # Monday 20:30


def change(statement: str, **given: Any) -> None:
    light_transaction(lambda conn: conn.execute(text(statement), given))


def ledger() -> list[tuple[str, str, str | None]]:
    """Return (kind, state, reason) of every reminder, in the order in which they leave."""
    found = rows(
        "SELECT kind, state, reason FROM message WHERE kind LIKE 'reminder%' ORDER BY planned_for, id"
    )
    return [(row.kind, row.state, row.reason) for row in found]


def take_all(now: datetime) -> list[str]:
    """Send everything that is due; return kinds, and the reasons of what was dropped."""
    found = []
    while (taken := outbox.take(now)) is not None:
        if isinstance(taken, Outgoing):
            outbox.mark_sent(taken, now)
        found.append(taken.kind if isinstance(taken, Outgoing) else taken.reason)
    return found


def calls() -> list[tuple[str, str | None]]:
    """Return (kind, due) of the calls that are to be made."""
    found = rows("SELECT kind, due_at FROM call_task WHERE done_at IS NULL ORDER BY id")
    return [(row.kind, str(row.due_at)[:16] if row.due_at else None) for row in found]


def test_e67_reminders_are_planned_with_the_visit(clinic: Clinic) -> None:
    """E67: 48 h before 9:00 on Sunday, and 20:30 the evening before in place of 6:00."""
    book_visit(clinic, start=START)
    assert take_all(MORNING + GRACE) == ["confirmation"]
    assert take_all(TWO_DAYS_BEFORE - timedelta(seconds=1)) == []
    assert take_all(TWO_DAYS_BEFORE) == ["reminder_48"]
    assert take_all(EVENING_BEFORE - timedelta(seconds=1)) == []
    assert take_all(EVENING_BEFORE) == ["reminder_3"]


def test_e67_the_ledger_says_why_a_reminder_is_not_sent(clinic: Clinic) -> None:
    """E67: booked 25 hours ahead: the long one is a row that says why not, the short one is planned."""
    book_visit(clinic)
    served = "Not needed: booked so shortly before the visit that the confirmation serves."
    assert ledger() == [("reminder_48", "skipped", served), ("reminder_3", "planned", None)]


def test_a_booking_grows_by_one_statement(clinic: Clinic) -> None:
    """M1: confirmation and reminders are one INSERT; the only statement more asks about stopped reminders."""
    book(clinic, start=START, name="Warm Up", email="warm@example.com", practitioner="lam")
    with statements() as sent:
        book(clinic, start=START.replace(hour=11), practitioner="lam")
    about = [one for one in sent if "message" in one.split("(")[0] or "reminder_stop" in one]
    assert [one.split()[0] for one in about] == ["SELECT", "INSERT"]


def test_m1_planning_again_changes_nothing(clinic: Clinic) -> None:
    """M1: one row for each appointment, kind and planned time, however often it is planned."""
    visit = book_visit(clinic, start=START)
    before = rows("SELECT * FROM message ORDER BY id")
    for _ in range(3):
        transaction(
            clinic.id, MORNING, lambda conn: messages.plan(conn, clinic, visit, "confirmation", MORNING)
        )
    assert rows("SELECT * FROM message ORDER BY id") == before


def test_e66_a_move_replaces_the_reminders(clinic: Clinic) -> None:
    """E66: the old ones never leave, the new ones are of the new time; moved back, the rows hold again."""
    visit = book_visit(clinic, start=START, practitioner="lam")
    moved = move(clinic, visit, datetime(2026, 12, 2, 14, 0), "lam", PATIENT, MORNING)
    why = "Replaced: the appointment was moved."
    new = [("reminder_48", "planned", None), ("reminder_3", "planned", None)]
    assert ledger() == [("reminder_48", "skipped", why), ("reminder_3", "skipped", why)][:1] + new[:1] + [
        ("reminder_3", "skipped", why),
        ("reminder_3", "planned", None),
    ]
    move(clinic, moved, START, "lam", PATIENT, MORNING)
    assert [state for _, state, _ in ledger()] == ["planned", "skipped", "planned", "skipped"]


def test_e66_a_reminder_that_was_sent_is_not_sent_twice(clinic: Clinic) -> None:
    """E66: moved away and back after the long reminder had left: it does not leave again."""
    visit = book_visit(clinic, start=START, practitioner="lam")
    take_all(TWO_DAYS_BEFORE)
    moved = move(clinic, visit, START.replace(hour=14), "lam", STAFF, TWO_DAYS_BEFORE + MINUTE)
    move(clinic, moved, START, "lam", STAFF, TWO_DAYS_BEFORE + MINUTE)
    assert take_all(TWO_DAYS_BEFORE + timedelta(hours=1)) == []
    assert take_all(EVENING_BEFORE) == ["reminder_3"]


def test_m5_a_cancelled_visit_has_no_reminder(clinic: Clinic) -> None:
    """M5, E66: cancelled: the reminders are skipped in the same transaction."""
    cancel(clinic, book_visit(clinic, start=START), PATIENT, MORNING)
    assert {(state, why) for _, state, why in ledger()} == {
        ("skipped", "Replaced: the appointment was cancelled.")
    }


WRONG = [
    ("UPDATE appointment SET status = 'cancelled'", "The appointment is no longer booked."),
    ("UPDATE appointment SET status = 'arrived'", "The patient is here already."),
    ("UPDATE appointment SET starts = '2026-12-01 09:15:00.000000'", "The appointment was moved."),
    (
        "INSERT INTO reminder_stop (clinic_id, email_key, stopped_at)"
        " SELECT id, 'ada@example.com', '2026-11-23 00:00:00.000000' FROM clinic",
        "The patient stopped reminder e-mails.",
    ),
]


@pytest.mark.parametrize(("statement", "reason"), WRONG)
def test_m5_the_appointment_as_it_is_now_decides(clinic: Clinic, statement: str, reason: str) -> None:
    """M5: cancelled, arrived, moved or opted out behind the ledger's back: dropped when it is due."""
    book_visit(clinic, start=START)
    take_all(MORNING + GRACE)
    change(statement)
    assert take_all(TWO_DAYS_BEFORE) == [reason]


@pytest.mark.parametrize(("statement", "reason"), WRONG)
def test_e66_it_is_asked_again_after_the_lease(clinic: Clinic, statement: str, reason: str) -> None:
    """E66, K9: what becomes wrong while a worker has the reminder in hand does not leave either."""
    book_visit(clinic, start=START)
    take_all(MORNING + GRACE)
    taken = outbox.take(TWO_DAYS_BEFORE)
    assert isinstance(taken, Outgoing)
    assert outbox.recheck(taken, TWO_DAYS_BEFORE) is None
    change(statement)
    assert outbox.recheck(taken, TWO_DAYS_BEFORE) == Dropped(taken.id, reason)
    assert not outbox.mark_sent(taken, TWO_DAYS_BEFORE)


def test_e64_after_hours_without_mail_what_is_of_use_still_leaves(clinic: Clinic) -> None:
    """E64: until the visit begins a late reminder leaves; after that it is dropped with the reason."""
    book_visit(clinic)
    book_visit(clinic, name="Bo Example", email="bo@example.com", start=at(24, 11))
    assert take_all(MORNING + GRACE) == ["confirmation", "confirmation"]
    assert take_all(instant(24, 9)) == ["The visit has begun.", "reminder_3"]


def test_e54_without_an_address_reception_calls_in_opening_hours(clinic: Clinic) -> None:
    """E54: one call, due before the first reminder would have left, by day and while the clinic is open."""
    book_visit(clinic, start=START, email=None, phone="604-555-0123")
    assert ledger() == []
    assert calls() == [("confirmation", None), ("reminder", "2026-11-29 16:00")]


def test_l21_who_stopped_reminders_is_called(clinic: Clinic) -> None:
    """L21: stopped: planned reminders become calls at once, later bookings too; the rest is sent."""
    token = book(clinic, start=START).token
    for _ in range(2):
        stop_reminders.stop(clinic, token, MORNING)
    stopped = "Not sent: the patient stopped reminder e-mails."
    assert ledger() == [("reminder_48", "skipped", stopped), ("reminder_3", "skipped", stopped)]
    assert calls() == [("reminders_stopped", "2026-11-29 16:00")]
    visit = book_visit(clinic, start=START.replace(day=8), practitioner="lam")
    assert calls()[1:] == [("reminder", "2026-12-06 16:00")]
    assert take_all(MORNING + GRACE) == ["confirmation", "confirmation"]
    assert stop_reminders.is_stopped(clinic, visit)


def test_e68_a_bounce_ends_all_mail_to_the_patient(clinic: Clinic) -> None:
    """E68, M8: a permanent refusal: at once one call about it, reminders become calls, no further try."""
    visit = book_visit(clinic, start=START, practitioner="lam")
    taken = outbox.take(MORNING + GRACE)
    assert isinstance(taken, Outgoing)
    outbox.mark_failed(taken, "550 no such user", MORNING + GRACE)
    assert calls() == [("bounced", None), ("reminder", "2026-11-29 16:00")]
    assert {state for _, state, _ in ledger()} == {"skipped"}
    from booking.records import appointments
    from booking.records.database import reading

    seen = reading(lambda conn: appointments.find_visit(conn, clinic.id, visit.id))
    assert seen is not None
    assert (seen.patient.email_fails, seen.patient.mail_address) == (True, None)
    move(clinic, seen, START.replace(hour=14), "lam", STAFF, MORNING + GRACE)
    assert calls() == [("bounced", None), ("moved", None), ("reminder", "2026-11-29 21:00")]


def test_t3_new_zone_data_moves_instants_not_visits(clinic: Clinic) -> None:
    """T3, E31: reminders of older zone data get the instants of the new, the visit keeps its wall time."""
    book_visit(clinic, start=START)
    change(
        "UPDATE message SET zone_data = '2025.1', planned_for = '2026-11-29 17:00:00.000000',"
        " due_at = '2026-11-29 17:00:00.000000' WHERE kind = 'reminder_48'"
    )
    change("UPDATE clinic SET zone_data = '2025.1'")
    assert outbox.find_next().strange == 1
    assert reminders.recompute_all(MORNING) == 1
    assert take_all(TWO_DAYS_BEFORE) == ["confirmation", "reminder_48"]
    assert rows("SELECT zone_data FROM message GROUP BY zone_data") == [(zone_data_version(),)]
    assert str(rows("SELECT starts FROM appointment")[0].starts)[:16] == "2026-12-01 09:00"
    assert (outbox.find_next().strange, reminders.recompute_all(MORNING)) == (0, 0)


def test_t3_older_zone_data_changes_nothing(clinic: Clinic) -> None:
    """T3: a machine with older zone data than the last one's leaves the due times alone."""
    book_visit(clinic, start=START)
    change("UPDATE clinic SET zone_data = '2999.1'")
    change("UPDATE message SET zone_data = '2999.1'")
    before = rows("SELECT * FROM message ORDER BY id")
    assert reminders.recompute_all(MORNING) == 0
    assert rows("SELECT * FROM message ORDER BY id") == before
    assert rows("SELECT zone_data FROM clinic") == [("2999.1",)]


def says(now: datetime) -> str | None:
    """Return what /readyz says of the reminders, None when all is well."""
    found = health.reminders(now)
    return None if found.ok else found.says


def test_the_alarm_says_how_many_reminders_went_out(clinic: Clinic) -> None:
    """K7: fifteen minutes after its time an unsent reminder raises the alarm and is counted."""
    for number in range(3):
        book_visit(
            clinic,
            name=f"Patient {number}",
            email=f"p{number}@example.com",
            start=START.replace(hour=HOURS[number]),
            practitioner=None,
        )
    take_all(MORNING + GRACE)
    assert says(TWO_DAYS_BEFORE + timedelta(minutes=14)) is None
    late = TWO_DAYS_BEFORE + timedelta(minutes=15)
    told = ": is `flask messages work` running, does the mail server answer?"
    assert says(late) == f"0 of 1 reminders went out since 9:00 a.m.{told}"
    assert list_alarms(clinic, count(clinic, late, 0), late) == (
        "0 of 1 reminders went out since 9:00 a.m.: look at the messages, and call who comes soon.",
    )
    assert says(late + timedelta(hours=2)) == f"0 of 2 reminders went out since 9:00 a.m.{told}"
    taken = outbox.take(late)
    assert isinstance(taken, Outgoing)
    outbox.mark_later(taken, "451 busy", late, is_unsure=False)
    assert says(late) == f"0 of 1 reminders went out since 9:00 a.m.{told}"
    take_all(late + timedelta(minutes=30))
    assert says(late + timedelta(minutes=30)) is None


def test_the_alarm_hears_of_a_server_that_refuses_everybody(clinic: Clinic) -> None:
    """E68: one bounce is a matter of its patient; three without a success are one of the server."""
    for number in range(3):
        assert says(TWO_DAYS_BEFORE + timedelta(hours=1)) is None
        book_visit(
            clinic,
            name=f"P {number}",
            email=f"p{number}@example.com",
            start=START.replace(hour=HOURS[number]),
        )
        change(
            "UPDATE message SET state = 'failed', due_at = '2026-11-29 16:00:00.000000',"
            " planned_for = '2026-11-29 16:00:00.000000' WHERE kind = 'reminder_48'"
        )
        change("UPDATE message SET state = 'skipped' WHERE state = 'planned'")
    assert (says(TWO_DAYS_BEFORE + timedelta(hours=1)) or "").startswith(
        "0 of 3 reminders went out since 9:00 a.m."
    )
