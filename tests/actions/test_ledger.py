"""What reception reads of a day's messages, and sending one of them again (D6, K7, E68)."""

from datetime import datetime, timedelta

import pytest

from booking.actions import correct_contact, outbox, send_link, stop_reminders
from booking.actions.cancel import cancel
from booking.actions.ledger import Day, list_day
from booking.actions.move import move
from booking.actions.outbox import Outgoing
from booking.actions.send_again import send_again
from booking.records.audit import Recorded, list_of_visit
from booking.records.database import reading
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound, TooLate
from tests.actions.asks import MORNING, PATIENT, STAFF, TUESDAY, VAULT, at, book, book_visit, instant, rows

pytestmark = pytest.mark.usefixtures("any_app")

TODAY = MORNING.date()
DUE = MORNING + timedelta(minutes=3)
MINUTE = timedelta(minutes=1)
FRIDAY = at(27, 10)


def take(now: datetime) -> Outgoing:
    taken = outbox.take(now)
    assert isinstance(taken, Outgoing)
    return taken


def sent(clinic: Clinic, now: datetime = DUE) -> int:
    """Send the message that is due and return its id."""
    taken = take(now)
    outbox.mark_sent(taken, now)
    return taken.id


def told(day: Day) -> list[tuple[str, str, str | None]]:
    return [(line.standing, line.kind, line.patient) for line in day.lines]


def of_visit(visit_id: int) -> list[Recorded]:
    return reading(lambda conn: list_of_visit(conn, visit_id))


def open_calls() -> list[str]:
    return [row.kind for row in rows("SELECT kind FROM call_task WHERE done_at IS NULL ORDER BY id")]


def test_a_day_of_the_ledger_begins_with_what_failed(clinic: Clinic) -> None:
    """K7, M8: failures stand first, then what is late, then what waits, then what is done, with counts."""
    for minute, name in enumerate(("Refused", "Busy", "Fine", "Waiting")):
        book_visit(
            clinic,
            now=MORNING + minute * MINUTE,
            name=name,
            email=f"{name.lower()}@example.com",
            start=FRIDAY.replace(hour=(10, 11, 14, 15)[minute]),
        )
    outbox.mark_failed(take(DUE), "550 no such user", DUE)
    outbox.mark_later(take(DUE + MINUTE), "451 try later", DUE + MINUTE, is_unsure=True)
    outbox.mark_sent(take(DUE + 2 * MINUTE), DUE + 2 * MINUTE)
    day = list_day(clinic, TODAY, DUE + 2 * MINUTE)
    assert told(day) == [
        ("failed", "confirmation", "Refused"),
        ("late", "confirmation", "Busy"),
        ("planned", "confirmation", "Waiting"),
        ("sent", "confirmation", "Fine"),
    ]
    assert day.counts == {"failed": 1, "late": 1, "planned": 1, "sent": 1}
    refused, busy, waiting, fine = day.lines
    assert (refused.reason, refused.recipient, refused.attempts) == (
        "550 no such user",
        "refused@example.com",
        1,
    )
    assert (busy.reason, busy.perhaps_arrived) == ("451 try later", True)
    assert (refused.planned_for, refused.starts) == (at(23, 8, 3), FRIDAY)
    assert fine.sent_at == at(23, 8, 5)
    assert [line.may_send_again for line in (refused, busy, waiting, fine)] == [True, False, False, True]


def test_a_day_of_the_ledger_is_the_clinics_day(clinic: Clinic) -> None:
    """What leaves at 20:30 in Vancouver, the next day in UTC, stands on the day of the clinic."""
    book_visit(clinic, start=TUESDAY)
    kinds = {
        n: [line.kind for line in list_day(clinic, at(n, 0).date(), MORNING).lines] for n in (22, 23, 24)
    }
    assert kinds == {22: ["reminder_48"], 23: ["confirmation", "reminder_3"], 24: []}


def test_what_a_worker_never_fetched_is_late(clinic: Clinic) -> None:
    """Figures, alarm: a message that no worker fetches within two minutes is told as late."""
    book_visit(clinic)
    assert list_day(clinic, TODAY, DUE + 2 * MINUTE).lines[0].standing == "planned"
    assert list_day(clinic, TODAY, DUE + 3 * MINUTE).lines[0].standing == "late"


def test_a_sent_message_leaves_again_as_a_message_of_its_own(clinic: Clinic) -> None:
    """D6: sent again, it has a row and a Message-ID of its own, and says how the visit stands now."""
    visit = book_visit(clinic, start=FRIDAY, practitioner="sandhu")
    first = sent(clinic)
    move(clinic, visit, FRIDAY.replace(hour=15), "sandhu", STAFF, DUE, tell=False)
    again = send_again(clinic, first, STAFF, DUE + MINUTE)
    out = take(DUE + MINUTE)
    assert (out.id, out.kind, out.letter.starts, out.sequence) == (
        again,
        "confirmation",
        FRIDAY.replace(hour=15),
        1,
    )
    assert again != first
    assert rows("SELECT state FROM message WHERE id = :id", id=first) == [("sent",)]


def test_two_presses_send_one_message(clinic: Clinic) -> None:
    """D6, E25: while one waits to leave, another press changes nothing; afterwards it may go once more."""
    book(clinic, start=FRIDAY)
    first = sent(clinic)
    again = send_again(clinic, first, STAFF, DUE)
    assert send_again(clinic, first, STAFF, DUE + MINUTE) == again
    assert send_again(clinic, again, STAFF, DUE + MINUTE) == again
    assert sent(clinic, DUE + MINUTE) == again
    assert outbox.take(DUE + MINUTE) is None
    assert send_again(clinic, again, STAFF, DUE + 2 * MINUTE) != again


def test_sending_again_is_written_down(clinic: Clinic) -> None:
    """Who sent what again, when; no address and no name in the trail."""
    visit = book_visit(clinic, start=FRIDAY)
    first = sent(clinic)
    again = send_again(clinic, first, STAFF, DUE)
    (entry,) = (one for one in of_visit(visit.id) if one.action == "send_again")
    assert entry.actor == "staff:reception@synergy.example"
    details = {"message": first, "kind": "confirmation", "state": "sent", "again": again}
    assert entry.after == {**(entry.before or {}), **details}
    assert "ada" not in str(entry.after).lower()


def test_e68_sending_to_a_refused_address_closes_the_call_until_it_fails_again(clinic: Clinic) -> None:
    """E68: staff who send again believe the address works; refused once more it is a call again."""
    book(clinic, start=FRIDAY)
    outbox.mark_failed(take(DUE), "552 mailbox full", DUE)
    assert open_calls() == ["bounced", "reminder"]
    send_again(clinic, 1, STAFF, DUE)
    assert open_calls() == ["reminder"]
    outbox.mark_failed(take(DUE), "552 mailbox full", DUE + MINUTE)
    assert open_calls() == ["reminder", "bounced"]


def test_e68_after_sending_again_news_goes_by_mail_once_more(clinic: Clinic) -> None:
    """E68: what changes after it is mailed, not phoned; the address counts as working."""
    visit = book_visit(clinic, start=FRIDAY)
    outbox.mark_failed(take(DUE), "552 mailbox full", DUE)
    send_again(clinic, 1, STAFF, DUE)
    sent(clinic)
    cancel(clinic, visit, STAFF, DUE + MINUTE)
    assert take(DUE + 4 * MINUTE).kind == "cancelled"


def test_k7_what_ten_tries_gave_up_may_be_sent_again(clinic: Clinic) -> None:
    """K7: the call that took its place is closed, and its tries begin anew."""
    book(clinic, start=FRIDAY)
    for _ in range(outbox.MOST_TRIES):
        out = take(outbox.find_next().at or DUE)
        outbox.mark_later(out, "451 try later", DUE, is_unsure=False)
    assert open_calls() == ["confirmation"]
    send_again(clinic, out.id, STAFF, DUE)
    assert open_calls() == []
    assert take(DUE).attempts == 1


def test_e71_it_goes_to_the_address_that_the_patient_has_now(clinic: Clinic) -> None:
    """E71: what went to the old address is sent again to the corrected one only."""
    token = book(clinic, start=FRIDAY).token
    first = sent(clinic)
    correct_contact.correct(clinic, token, "ada@new.example.com", None, PATIENT, DUE, VAULT)
    sent(clinic, DUE + 3 * MINUTE)
    send_again(clinic, first, STAFF, DUE + 4 * MINUTE)
    assert take(DUE + 4 * MINUTE).recipient == "ada@new.example.com"


def test_e66_a_cancelled_visit_is_told_of_what_may_have_arrived(clinic: Clinic) -> None:
    """E66: cancelled while its second confirmation waits, the patient hears of it all the same."""
    visit = book_visit(clinic, start=FRIDAY)
    send_again(clinic, sent(clinic), STAFF, DUE)
    cancel(clinic, visit, PATIENT, DUE)
    assert take(DUE + 3 * MINUTE).kind == "cancelled"


@pytest.mark.parametrize(
    ("change", "now", "says"),
    [
        ("cancel", DUE, "The appointment is no longer booked. There is nothing to send."),
        (None, instant(27, 10), "The visit has begun. There is nothing to send."),
    ],
)
def test_e66_what_holds_no_more_is_not_sent_again(
    clinic: Clinic, change: str | None, now: datetime, says: str
) -> None:
    """E64, E66: a cancelled visit is not confirmed again, nor one that has begun; neither is offered."""
    visit = book_visit(clinic, start=FRIDAY)
    first = sent(clinic)
    if change:
        cancel(clinic, visit, STAFF, DUE, tell=False)
    with pytest.raises(TooLate, match=says):
        send_again(clinic, first, STAFF, now)
    (line,) = (line for line in list_day(clinic, TODAY, now).lines if line.id == first)
    assert not line.may_send_again


def test_l21_a_stopped_reminder_is_not_sent_again(clinic: Clinic) -> None:
    """L21: who stopped reminders gets none by staff's hand either."""
    token = book(clinic, start=FRIDAY).token
    sent(clinic)
    reminder = sent(clinic, instant(25, 10))
    stop_reminders.stop(clinic, token, instant(25, 11))
    with pytest.raises(TooLate, match="The patient stopped reminder e-mails"):
        send_again(clinic, reminder, STAFF, instant(25, 12))


def test_a_skipped_or_unknown_message_is_not_sent_again(clinic: Clinic) -> None:
    """What never left says why in the ledger; a number of nothing is told as such; nothing changes."""
    cancel(clinic, book_visit(clinic, start=FRIDAY), PATIENT, MORNING)
    with pytest.raises(TooLate, match="never sent"):
        send_again(clinic, 1, STAFF, DUE)
    with pytest.raises(NotFound):
        send_again(clinic, 999, STAFF, DUE)
    assert rows("SELECT count(*) FROM message WHERE state = 'planned'") == [(0,)]


def test_a_message_of_links_is_sent_again(clinic: Clinic) -> None:
    """A18: staff may send the links once more; they lead to the visits as they are now."""
    book(clinic, start=FRIDAY)
    sent(clinic)
    send_link.request(clinic, "ada@example.com", None, DUE, VAULT)
    first = sent(clinic)
    again = send_again(clinic, first, STAFF, DUE + MINUTE)
    assert send_again(clinic, first, STAFF, DUE + MINUTE) == again
    assert len(take(DUE + MINUTE).entries) == 1
