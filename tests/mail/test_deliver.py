"""Delivery: what is booked is told once, whatever the mail server, the clock or the settings do."""

import logging
import stat
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from booking.access.vault import Vault
from booking.actions import outbox
from booking.actions.cancel import cancel
from booking.actions.move import move
from booking.mail import deliver as delivering
from booking.mail.deliver import Tally, deliver
from booking.mail.outlet import Unreachable
from booking.records.schema import db
from booking.records.transaction import light_transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Busy
from tests.actions.asks import MORNING, PATIENT, STAFF, TUESDAY, at, book, book_visit, rows
from tests.databases import Clock
from tests.mail.sink import free_port, send_to, sink

pytestmark = [
    pytest.mark.usefixtures("any_app"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]
DUE = MORNING + timedelta(minutes=3)
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(any_app: Flask) -> Path:
    """Where messages lie when no mail server is set."""
    return Path(any_app.instance_path) / "mail"


@pytest.fixture
def due(clock: Clock, clinic: Clinic) -> None:
    """Ada's follow-up is booked and its confirmation is due."""
    book_visit(clinic, practitioner="lam")
    clock.at = DUE


def states() -> list[str]:
    return [
        row.state for row in rows("SELECT state FROM message WHERE kind NOT LIKE 'reminder%' ORDER BY id")
    ]


def six_bookings(clinic: Clinic) -> None:
    for number in range(6):
        book_visit(
            clinic,
            name=f"Patient {number}",
            email=f"p{number}@example.com",
            start=TUESDAY.replace(day=24 + number % 3, hour=9 + 2 * (number // 3)),
            service="rmt-60",
            practitioner=None,
        )


@pytest.mark.usefixtures("due")
def test_without_a_mail_server_messages_are_readable_files(folder: Path) -> None:
    """MAIL_SERVER unset: an .eml only the owner can read, its name without personal data; sent once."""
    assert deliver() == Tally(sent=1)
    assert deliver() == Tally()
    (file,) = folder.iterdir()
    assert file.name == "outbox-1-1a208ebc980.confirmation.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"] == "ada@example.com"
    assert states() == ["sent"]


def test_the_link_in_the_message_opens_the_visit(
    clock: Clock, clinic: Clinic, folder: Path, any_app: Flask
) -> None:
    """D9: the token that the page showed is the token that the message carries, below BASE_URL (A19)."""
    token = book(clinic).token
    clock.at = DUE
    deliver()
    base = any_app.extensions["house"].base_url
    assert f"\n{base}/appointment/{token}\n" in (folder / "outbox-1-1a208ebc980.confirmation.eml").read_text()


@pytest.mark.usefixtures("due")
def test_writing_the_same_file_again_changes_nothing(folder: Path) -> None:
    """E65: a message that is written twice is one file."""
    deliver()
    first = (folder / "outbox-1-1a208ebc980.confirmation.eml").read_bytes()
    light_transaction(
        lambda conn: conn.execute(
            text("UPDATE message SET state = 'planned' WHERE kind NOT LIKE 'reminder%'")
        )
    )
    assert deliver() == Tally(sent=1)
    assert [path.read_bytes() for path in folder.iterdir()] == [first]


def test_the_grace_keeps_it_back(clock: Clock, clinic: Clinic, folder: Path) -> None:
    """Three minutes of grace: one second before their end nothing leaves."""
    book_visit(clinic)
    clock.at = DUE - timedelta(seconds=1)
    assert deliver() == Tally()
    assert not folder.exists()


def test_e64_a_server_that_was_down_gets_everything_once(
    clock: Clock, clinic: Clinic, any_app: Flask
) -> None:
    """E64: two hours without a mail server cost nobody a try; then each message leaves once."""
    six_bookings(clinic)
    port = free_port()
    send_to(any_app, port)
    for minutes in range(0, 120, 20):
        clock.at = DUE + timedelta(minutes=minutes)
        with pytest.raises(Unreachable, match="the mail server cannot be used"):
            deliver()
    assert {row.attempts for row in rows("SELECT attempts FROM message WHERE kind NOT LIKE 'reminder%'")} == {
        0
    }
    with sink() as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(sent=7)  # p1 has a reminder at 9:00
        assert deliver() == Tally()
    assert sorted(received.recipients()) == sorted(
        [*(f"p{n}@example.com" for n in range(6)), "p1@example.com"]
    )
    assert received.connections == 1
    assert received.greetings[0] == "[127.0.0.1]"


def test_k5_booking_never_waits_for_the_mail_server(clinic: Clinic, any_app: Flask) -> None:
    """K5: with a mail server that is down a booking stands, and its message waits."""
    send_to(any_app, free_port())
    booked = book(clinic)
    assert booked.status == "booked"
    assert states() == ["planned"]


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize("way", ["451", "drop before data", "lose data"])
def test_k5_k7_a_failed_try_is_repeated_later(any_app: Flask, clock: Clock, way: str) -> None:
    """K5, K7: after a temporary failure the message waits a minute or so and arrives once."""
    with sink(ways=[way]) as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(later=1)
        assert deliver() == Tally()
        clock.at = DUE + timedelta(minutes=2)
        assert deliver() == Tally(sent=1)
    assert received.recipients() == ["ada@example.com"]


@pytest.mark.usefixtures("due")
def test_k6_a_drop_after_data_is_one_duplicate_at_most(any_app: Flask, clock: Clock) -> None:
    """K6: when nobody knows whether it arrived it is sent again, with the same Message-ID."""
    with sink(ways=["drop after data"]) as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(later=1)
        (row,) = rows("SELECT reason FROM message WHERE kind NOT LIKE 'reminder%'")
        assert row.reason.startswith("Perhaps delivered: ")
        clock.at = DUE + timedelta(minutes=2)
        assert deliver() == Tally(sent=1)
    assert [mail["Message-ID"] for mail in received.messages()] == [
        "<outbox-1-1a208ebc980.confirmation@synergy.example>"
    ] * 2


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize("way", ["550", "554"])
def test_k7_a_refusal_for_good_is_one_try_and_a_call(any_app: Flask, clock: Clock, way: str) -> None:
    """K7, E68: a permanent refusal is one try, state failed, and reception is to call."""
    with sink(ways=[way]) as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(failed=1)
        clock.at = DUE + 20 * HOUR
        assert deliver() == Tally()
    assert (received.recipients(), received.connections) == ([], 1)
    (row,) = rows("SELECT state, reason, attempts FROM message WHERE kind NOT LIKE 'reminder%'")
    assert (row.state, row.reason[:3], row.attempts) == ("failed", way, 1)
    assert [task.kind for task in rows("SELECT kind FROM call_task ORDER BY id")] == [
        "bounced",
        "reminder",
    ]


def test_one_refused_patient_keeps_nobody_else_back(clinic: Clinic, any_app: Flask, clock: Clock) -> None:
    """K7: refused, busy and dropped ones beside good ones: the good ones arrive in the same batch."""
    six_bookings(clinic)
    clock.at = DUE
    with sink(ways=["550", "ok", "drop before data", "ok", "451", "ok"]) as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(sent=3, later=2, failed=1)
    assert received.recipients() == ["p1@example.com", "p3@example.com", "p5@example.com"]
    assert received.connections == 2


def test_one_dead_address_among_fifty_costs_the_others_nothing(
    clinic: Clinic, any_app: Flask, clock: Clock
) -> None:
    """K7, issue 3: 5xx for one of fifty: 49 arrive in the same batch, one connection, one is tried once."""
    days = [TUESDAY + timedelta(days=7 * number) for number in range(10)]
    starts = [day.replace(hour=hour) for day in days for hour in (9, 10, 11, 14, 15)]
    for number, start in enumerate(starts):
        book_visit(clinic, name=f"P {number}", email=f"m{number}@example.com", start=start)
    clock.at = DUE
    with sink(ways=["ok"] * 20 + ["550"]) as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(sent=49, failed=1)
        assert deliver() == Tally()
    assert set(received.recipients()) == {f"m{number}@example.com" for number in range(50) if number != 20}
    assert received.connections == 1


def test_m3_confirmation_move_and_cancellation_are_one_calendar_entry(
    clinic: Clinic, any_app: Flask, clock: Clock
) -> None:
    """M3, M4: three mails, one UID, sequence 0, 1, 2; REQUEST, REQUEST, CANCEL."""
    visit = book_visit(clinic, practitioner="lam")
    with sink() as received:
        send_to(any_app, received.port)
        clock.at = DUE
        deliver()
        visit = move(clinic, visit, at(24, 14), "lam", PATIENT, clock.at)
        clock.at += timedelta(minutes=3)
        deliver()
        cancel(clinic, visit, STAFF, clock.at)
        clock.at += timedelta(minutes=3)
        deliver()
    mails = received.messages()
    assert [mail["Subject"] for mail in mails] == [
        "Your appointment on Tuesday 24 November",
        "Your appointment has moved to Tuesday 24 November",
        "Your appointment on Tuesday 24 November is cancelled",
    ]
    parts = [part for mail in mails for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST", "CANCEL"]
    entries = [part.get_content().replace("\r\n", "\n") for part in parts]
    assert [entry.count(f"\nSEQUENCE:{n}\n") for n, entry in enumerate(entries)] == [1, 1, 1]
    assert len({entry[entry.index("UID:") :].split("\n")[0] for entry in entries}) == 1
    assert "DTSTART:20261124T210000Z" in entries[1]


@pytest.mark.usefixtures("due")
def test_e64_a_begun_visit_is_dropped(clock: Clock, any_app: Flask) -> None:
    """E64: a server that comes back after the visit began gets nothing about it."""
    clock.at = datetime.combine(TUESDAY.date(), TUESDAY.time(), MORNING.tzinfo) + 7 * HOUR
    with sink() as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(dropped=2)  # with its last reminder
    assert (received.recipients(), states()) == ([], ["skipped"])


@pytest.mark.usefixtures("due")
def test_e33_wrong_zone_data_holds_mail_until_it_is_right(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E33: on a machine with stale zone data nothing leaves; with the right data all of it does."""
    monkeypatch.setattr(delivering, "zone_data_is_right", lambda: False)
    assert deliver() == Tally(held=1)
    assert (states(), folder.exists()) == (["held"], False)
    monkeypatch.setattr(delivering, "zone_data_is_right", lambda: True)
    assert deliver() == Tally(sent=1)
    assert states() == ["sent"]


@pytest.mark.usefixtures("due")
def test_a_changed_secret_key_costs_the_link_only(
    folder: Path, any_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """A message whose token cannot be opened leaves without a link, and the log says why."""
    here = any_app.extensions["house"]
    any_app.extensions["house"] = replace(here, vault=Vault("another key of thirty-two characters, at least"))
    assert deliver() == Tally(sent=1)
    assert "/appointment/" not in (folder / "outbox-1-1a208ebc980.confirmation.eml").read_text()
    assert "message 1 has no link: SECRET_KEY is not the one it was sealed with" in caplog.text


@pytest.mark.usefixtures("due")
def test_an_address_that_cannot_be_written_is_given_up(any_app: Flask) -> None:
    """A recipient that is none, put in by hand, fails for good with a call task."""
    light_transaction(
        lambda conn: conn.execute(
            text("UPDATE message SET recipient = 'nobody' WHERE kind NOT LIKE 'reminder%'")
        )
    )
    assert deliver() == Tally(failed=1)
    assert states() == ["failed"]
    assert [task.kind for task in rows("SELECT kind FROM call_task ORDER BY id")] == ["bounced", "reminder"]


@pytest.mark.usefixtures("due")
def test_a_fault_of_ours_puts_one_message_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that cannot be rendered waits and is tried again; its reason names no patient."""

    def fail(*_: Any) -> None:
        raise KeyError("Ada Example")

    monkeypatch.setattr(delivering, "render", fail)
    assert deliver() == Tally(later=1)
    (row,) = rows("SELECT state, reason FROM message WHERE kind NOT LIKE 'reminder%'")
    assert (row.state, row.reason) == ("planned", "It could not be written: KeyError.")


@pytest.mark.usefixtures("due")
def test_what_was_sent_is_written_down_patiently(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """K6: a database that is away for a moment after sending does not make a duplicate."""
    monkeypatch.setattr(delivering, "SETTLE_PAUSES", (0.0, 0.0))
    tries: list[int] = []
    mark_sent = outbox.mark_sent

    def away(*given: Any) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise Busy("away")
        return mark_sent(*given)

    monkeypatch.setattr(outbox, "mark_sent", away)
    assert deliver() == Tally(sent=1)
    assert (states(), len(tries)) == (["sent"], 3)


@pytest.mark.usefixtures("due")
def test_a_full_disk_keeps_the_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written is tried again later, and no half of it is left."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("booking.mail.folder.os.fsync", full)
    assert deliver() == Tally(later=1)
    assert list(folder.iterdir()) == []
    (row,) = rows("SELECT reason FROM message WHERE kind NOT LIKE 'reminder%'")
    assert row.reason == "the file could not be written: No space left on device"


@pytest.mark.usefixtures("due")
def test_a_folder_that_cannot_be_made_costs_no_try(folder: Path) -> None:
    """A mail folder that is a file is told, and the message waits."""
    folder.write_text("not a folder")
    with pytest.raises(Unreachable, match="the mail folder cannot be used"):
        deliver()
    assert states() == ["planned"]


def test_stop_ends_the_batch_after_the_message_at_hand(clinic: Clinic, clock: Clock, folder: Path) -> None:
    """Told to stop, the batch ends and the rest stays planned for the next."""
    six_bookings(clinic)
    clock.at = DUE
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert deliver(stop) == Tally(sent=2)
    assert states().count("planned") == 4


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize("way", ["ok", "451", "550", "drop after data"])
def test_p7_the_log_names_messages_not_people(
    any_app: Flask, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    """P7: whatever happens, the log has numbers and kinds; no name, address or token."""
    with caplog.at_level(logging.DEBUG), sink(ways=[way]) as received:
        send_to(any_app, received.port)
        deliver()
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("booking"))
    assert "message 1" in ours
    assert not [
        word for word in ("ada", "example", "lam", "acupuncture", "/appointment") if word in ours.lower()
    ]


def test_an_idle_worker_asks_one_question(clinic: Clinic) -> None:
    """With nothing due one statement is read and nothing is written."""
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert deliver() == Tally()
    assert [statement[:6] for statement in statements] == ["SELECT"]
