"""What patients may ask of their own page: a call, their links, another address (E71, A17, A18, M9)."""

from datetime import timedelta

import pytest

from booking.access.vault import digest
from booking.actions import call_back, correct_contact, outbox, send_link, stop_reminders
from booking.actions.cancel import cancel
from booking.actions.look_up import get_visit
from booking.actions.outbox import Dropped, Outgoing
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, TooLate
from tests.actions.asks import MORNING, PATIENT, STAFF, TUESDAY, VAULT, at, book, book_visit, instant, rows
from tests.records.work import statements

pytestmark = pytest.mark.usefixtures("any_app")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ADA = "ada@example.com"


def open_calls() -> list[str]:
    return [row.kind for row in rows("SELECT kind FROM call_task WHERE done_at IS NULL ORDER BY id")]


def recipients(state: str) -> set[tuple[str, str]]:
    found = rows("SELECT kind, recipient FROM message WHERE state = :state", state=state)
    return {(row.kind, row.recipient) for row in found}


def test_a_call_is_asked_for_once(clinic: Clinic) -> None:
    """However often it is asked for, one call is open; after it was made another may be asked for."""
    token = book(clinic).token
    for _ in range(3):
        call_back.ask(clinic, token, MORNING)
    assert open_calls() == ["callback"]
    with pytest.raises(NotFound):
        call_back.ask(clinic, token[:-1], MORNING)


def test_l21_stopping_works_long_after_the_visit(clinic: Clinic) -> None:
    """L21: the link in a reminder stops reminders for at least sixty days, when it shows nothing any more."""
    token = book(clinic).token
    with pytest.raises(NotFound):
        get_visit(clinic, token, MORNING + timedelta(days=62))
    stop_reminders.stop(clinic, token, MORNING + timedelta(days=62))
    assert rows("SELECT email_key FROM reminder_stop") == [(ADA,)]
    with pytest.raises(NotFound):
        stop_reminders.stop(clinic, token, MORNING + timedelta(days=120))
    with pytest.raises(NotFound):
        stop_reminders.stop(clinic, "x" * 43, MORNING)


def test_l21_without_an_address_there_is_nothing_to_stop(clinic: Clinic) -> None:
    """L21, E54: who is phoned anyway changes nothing."""
    stop_reminders.stop(clinic, book(clinic, email=None, phone="604-555-0123").token, MORNING)
    assert rows("SELECT id FROM reminder_stop") == []


def test_e71_a_corrected_address_gets_everything_and_the_old_one_nothing(clinic: Clinic) -> None:
    """E71, A3: new link, new confirmation, reminders to the new address; the old link opens nothing."""
    old = book(clinic, email="ada@exampel.com").token
    sent = outbox.take(MORNING + 3 * MINUTE)
    assert isinstance(sent, Outgoing)
    outbox.mark_sent(sent, MORNING + 3 * MINUTE)
    now = MORNING + 5 * MINUTE
    new = correct_contact.correct(clinic, old, ADA, "604-555-0123", STAFF, now, VAULT)
    with pytest.raises(NotFound):
        get_visit(clinic, old, now)
    patient = get_visit(clinic, new, now).patient
    assert (patient.email, patient.phone) == (ADA, "+16045550123")
    assert recipients("planned") == {("confirmation", ADA), ("reminder_3", ADA)}
    again = outbox.take(now + 3 * MINUTE)
    assert isinstance(again, Outgoing)
    assert (again.kind, again.recipient) == ("confirmation", ADA)
    assert digest(VAULT.unseal(again.sealed or b"", "link")) == digest(new)
    assert [row.action for row in rows("SELECT action FROM audit ORDER BY id")] == ["book", "contact"]
    assert ADA not in str(rows("SELECT * FROM audit"))


def test_e71_a_bounced_address_that_is_corrected_is_written_to_again(clinic: Clinic) -> None:
    """E71, E68: the call about the bounce is closed, confirmation and reminders are planned anew."""
    token = book(clinic, email="ada@exampel.com", start=TUESDAY.replace(day=27)).token
    taken = outbox.take(MORNING + 3 * MINUTE)
    assert isinstance(taken, Outgoing)
    outbox.mark_failed(taken, "550 no such domain", MORNING + 3 * MINUTE)
    assert open_calls() == ["bounced", "reminder"]
    correct_contact.correct(clinic, token, ADA, None, STAFF, MORNING + 5 * MINUTE, VAULT)
    assert open_calls() == []
    assert recipients("planned") == {("confirmation", ADA), ("reminder_48", ADA), ("reminder_3", ADA)}


def test_e71_another_phone_number_leaves_the_link_alone(clinic: Clinic) -> None:
    """E71: with the same address nothing is sent again and the link stays."""
    token = book(clinic).token
    before = rows("SELECT * FROM message")
    assert correct_contact.correct(clinic, token, ADA, "604-555-0199", PATIENT, MORNING, VAULT) == token
    assert get_visit(clinic, token, MORNING).patient.phone == "+16045550199"
    assert rows("SELECT * FROM message") == before


def test_e71_an_address_that_is_taken_away_makes_calls(clinic: Clinic) -> None:
    """E71, E54: a phone number alone: what was to be mailed becomes calls."""
    token = book(clinic).token
    correct_contact.correct(clinic, token, "", "604-555-0123", STAFF, MORNING, VAULT)
    assert recipients("planned") == set()
    assert open_calls() == ["confirmation", "reminder"]


def test_e71_bad_input_changes_nothing(clinic: Clinic) -> None:
    """A faulty address is refused by name; a visit that is over or cancelled has nothing to correct."""
    token = book(clinic).token
    with pytest.raises(Invalid) as refused:
        correct_contact.correct(clinic, token, "ada@", None, PATIENT, MORNING, VAULT)
    assert list(refused.value.fields) == ["email"]
    with pytest.raises(TooLate):
        correct_contact.correct(clinic, token, ADA, None, PATIENT, instant(24, 10), VAULT)
    cancel(clinic, get_visit(clinic, token, MORNING), PATIENT, MORNING)
    with pytest.raises(TooLate):
        correct_contact.correct(clinic, token, "b@example.com", None, PATIENT, MORNING, VAULT)
    assert rows("SELECT email FROM patient") == [(ADA,)]


def ask_for(clinic: Clinic, address: str = ADA, origin: str | None = None, minutes: int = 0) -> None:
    send_link.request(clinic, address, origin, MORNING + minutes * MINUTE, VAULT)


def link_mails() -> int:
    return len(rows("SELECT id FROM message WHERE kind = 'link'"))


def test_a18_the_links_of_all_visits_to_come(clinic: Clinic) -> None:
    """A18: one mail to the address lists its visits, each with its own link; the old links still work."""
    tokens = [book(clinic, start=at(day, 9), service="rmt-60").token for day in (24, 27)]
    book(clinic, name="Bo Example", email="bo@example.com", start=at(26, 9), service="rmt-60")
    cancel(clinic, book_visit(clinic, start=at(25, 9), service="rmt-60"), PATIENT, MORNING)
    ask_for(clinic, " Ada@Example.com")
    taken = outbox.take(MORNING)
    assert isinstance(taken, Outgoing)
    assert (taken.kind, taken.recipient, taken.appointment_id) == ("link", "Ada@example.com", None)
    assert [VAULT.unseal(one.sealed or b"", "link") for one in taken.entries] == tokens
    assert [get_visit(clinic, token, MORNING).starts.day for token in tokens] == [24, 27]


def test_a17_an_unknown_address_is_worked_on_alike(clinic: Clinic) -> None:
    """A17: known or not: the same answer by the same statements; nothing is sent or kept of a stranger."""
    book(clinic)
    sent: list[list[str]] = []
    for address in ("warm@example.com", ADA, "nobody@example.com"):
        with statements() as seen:
            ask_for(clinic, address)
        sent.append(list(seen))
    assert sent[1] == sent[2]
    names = "".join(str(tuple(row)) for row in rows("SELECT * FROM link_request"))
    assert "example" not in names
    outcomes = {type(outbox.take(MORNING)) for _ in range(3)}
    assert outcomes == {Dropped, Outgoing}
    assert recipients("skipped") - {("reminder_48", ADA)} == {("link", "")}


def test_a18_m9_three_an_hour_to_one_address(clinic: Clinic) -> None:
    """A18, M9: whoever asks a hundred times makes three mails an hour; then it works again."""
    for minute in range(100):
        ask_for(clinic, minutes=minute % 60)
    assert link_mails() == 3
    ask_for(clinic, minutes=63)
    assert link_mails() == 4


def test_a18_twenty_an_hour_from_one_origin(clinic: Clinic) -> None:
    """A18: one network address may ask for twenty addresses an hour, whatever they are; others go on."""
    for number in range(30):
        ask_for(clinic, f"p{number}@example.com", "one")
    assert link_mails() == 20
    ask_for(clinic, "q@example.com", "two")
    assert link_mails() == 21


def test_a18_requests_are_forgotten_after_a_day(clinic: Clinic) -> None:
    """P3: what only a limit needs does not stay."""
    ask_for(clinic)
    ask_for(clinic, minutes=25 * 60)
    assert len(rows("SELECT id FROM link_request")) == 1


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused_by_its_form(clinic: Clinic, address: str) -> None:
    """A17: a slip in typing is told, since its form alone gives it away."""
    with pytest.raises(Invalid):
        ask_for(clinic, address)
    assert rows("SELECT id FROM link_request") == []


def test_l21_reminders_that_left_do_not_leave_again(clinic: Clinic) -> None:
    """L21, E67: taken back after the first reminder, only the second is planned again."""
    token = book(clinic, start=at(27, 10)).token
    now = instant(25, 10)
    while (taken := outbox.take(now)) is not None:
        assert isinstance(taken, Outgoing)
        outbox.mark_sent(taken, now)
    stop_reminders.stop(clinic, token, now)
    stop_reminders.resume(clinic, token, now + HOUR)
    found = rows("SELECT kind, state FROM message WHERE kind LIKE 'reminder%' ORDER BY due_at")
    assert [tuple(row) for row in found] == [("reminder_48", "sent"), ("reminder_3", "planned")]
    with pytest.raises(NotFound):
        stop_reminders.resume(clinic, "x" * 43, now)
