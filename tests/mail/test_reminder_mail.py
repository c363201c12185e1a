"""Reminders as they arrive: discreet, with a way to stop them by one click (L20-L22, M2, M6, RFC 8058)."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from booking.actions import stop_reminders, texts
from booking.actions.move import move
from booking.mail.deliver import Tally, deliver
from booking.mail.sample import KINDS, SAMPLE
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, STAFF, at, book, book_visit, instant, rows
from tests.databases import Clock
from tests.mail.letters import golden_app, written
from tests.mail.sink import send_to, sink

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")
LINK = "https://book.example/appointment/sample-link-that-opens-nothing"


@pytest.fixture
def dry(tmp_path: Path) -> Flask:
    """The application without a database."""
    return golden_app(tmp_path)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail


@pytest.mark.parametrize("kind", KINDS)
def test_m6_reminders_alone_can_be_stopped_by_one_click(dry: Flask, kind: str) -> None:
    """M6, L21, L22: RFC 8058's two headers in reminders, in no other kind; the link is below BASE_URL."""
    mail = parsed(written(dry, kind).as_bytes())
    wanted = (f"<{LINK}/stop-reminders>", "List-Unsubscribe=One-Click")
    found = (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"])
    assert found == (wanted if kind.startswith("reminder") else (None, None))


def test_m6_the_header_is_one_readable_line(dry: Flask) -> None:
    """M6: a link of any length is written as it is, never as encoded words."""
    raw = written(dry, "reminder_48").as_bytes()
    assert f"\r\nList-Unsubscribe: <{LINK}/stop-reminders>\r\n".encode() in raw


def test_l21_the_way_to_stop_is_seen_too(dry: Flask) -> None:
    """L21: a visible link in text and HTML, after the clinic's name and postal address."""
    content = written(dry, "reminder_3").content
    assert content.text.endswith(
        f"604-555-0100, desk@synergy.example\n\n"
        f"To stop reminder e-mails (we then call you before a visit):\n{LINK}/stop-reminders\n"
    )
    assert f'<a href="{LINK}/stop-reminders">Stop reminder e-mails</a>' in content.html


def test_a_reminder_says_when_what_to_do_and_how_to_cancel(dry: Flask) -> None:
    """E69: the time in words, the place, the link to move or cancel, the phone."""
    content = written(dry, "reminder_48").content
    for text in (content.text, html.unescape(re.sub(r"<[^>]+>", "", content.html))):
        for words in (
            "You have an appointment: 10:00 a.m., Tuesday 24 November 2026, Vancouver time.",
            "The place: Synergy Clinic, 100 Sample Street, Vancouver, BC.",
            "move or cancel your visit",
            "Please come ten minutes early",
            "604-555-0100",
        ):
            assert words in text, words


def test_e37_a_late_reminder_promises_no_free_cancellation(tmp_path: Path) -> None:
    """E37: three hours before, the letter's time to cancel has passed: it says to call."""
    app = golden_app(tmp_path)
    here = app.extensions["house"]
    app.extensions["house"] = replace(here, now=lambda: instant(24, 7))
    text = written(app, "reminder_3").content.text
    assert "To move or cancel this visit, please call 604-555-0100: it begins soon." in text
    assert "free of charge" not in text


def test_the_calendar_entry_is_the_clinics_choice(dry: Flask) -> None:
    """`attach_ics`: without it a reminder is text and HTML alone; confirmations keep their entry."""
    letter = replace(SAMPLE, attach_calendar=False)
    assert (
        parsed(written(dry, "reminder_48", letter).as_bytes()).get_content_type() == "multipart/alternative"
    )
    assert written(dry, "reminder_48").content.calendar is not None
    assert written(dry, "confirmation", letter).content.calendar is not None


@pytest.mark.parametrize("kind", KINDS)
def test_m2_every_kind_is_well_formed(dry: Flask, kind: str) -> None:
    """M2: text and HTML, one recipient, a stable Message-ID, marked as generated, no defect in any part."""
    mail = parsed(written(dry, kind).as_bytes())
    assert [part.defects for part in mail.walk() if part.defects] == []
    assert mail.get_body(("plain",)) is not None
    assert mail.get_body(("html",)) is not None
    assert len(mail["To"].addresses) == 1
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(rf"<outbox-17-\w+\.{kind}@synergy\.example>", mail["Message-ID"])
    assert mail["Message-ID"] == parsed(written(dry, kind).as_bytes())["Message-ID"]


def test_the_clinics_own_words_stand_in_their_places(dry: Flask) -> None:
    """What the clinic words itself is filled in, escaped in HTML, and leaves facts and footer alone."""
    own = {
        "subject": "See you {{ day }}",
        "opening": "Come <early> to {{ place }}.\nThank you.",
        "closing": "Call {{ phone }}.",
    }
    content = written(dry, "reminder_48", texts=own).content
    assert content.subject == "See you Tuesday 24 November"
    assert "Come <early> to Synergy Clinic, 100 Sample Street, Vancouver, BC.\nThank you.\n" in content.text
    assert "Come &lt;early&gt; to" in content.html
    for words in ("Call 604-555-0100.", "You have an appointment", "Reference: SAMPLE1", "/stop-reminders"):
        assert (words in content.text) == (words != "You have an appointment")


@pytest.mark.usefixtures("any_app")
def test_l20_a_patients_mails_from_booking_to_reminder(clinic: Clinic, any_app: Flask, clock: Clock) -> None:
    """L20, E66: confirmation, both reminders, nothing else; the moved visit's old reminders never come."""
    texts.save(clinic, "reminder", "en-CA", "opening", "Until {{ when }}.", STAFF, MORNING)
    visit = book_visit(clinic, start=at(27, 10))
    with sink() as received:
        send_to(any_app, received.port)
        for now, tally in (
            (MORNING + timedelta(minutes=3), Tally(sent=1)),
            (instant(25, 10), Tally(sent=1)),
            (instant(27, 8), Tally(sent=1)),
            (instant(27, 9), Tally()),
        ):
            clock.at = now
            assert deliver() == tally
    mails = received.messages()
    assert [mail["Subject"] for mail in mails] == [
        "Your appointment on Friday 27 November",
        *["Reminder: your appointment on Friday 27 November"] * 2,
    ]
    body = mails[1].get_body(("plain",))
    assert body is not None
    assert "Until 10:00 a.m., Friday 27 November 2026, Vancouver time." in body.get_content()
    assert visit.version == 1


@pytest.mark.usefixtures("any_app")
def test_k9_moved_between_lease_and_sending_the_reminder_stays_here(
    clinic: Clinic, any_app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K9, E66: a move that commits while the worker writes the reminder: it is not sent, the new one is."""
    from booking.mail import deliver as delivering

    visit = book_visit(clinic, start=at(27, 10))
    write = delivering.write

    def slowly(*given: object) -> object:
        monkeypatch.setattr(delivering, "write", write)
        move(clinic, visit, at(27, 14), None, STAFF, clock.at, tell=False)
        return write(*given)  # type: ignore[arg-type]  # passed on as they are

    with sink() as received:
        send_to(any_app, received.port)
        clock.at = MORNING + timedelta(minutes=3)
        deliver()
        clock.at = instant(25, 10)
        monkeypatch.setattr(delivering, "write", slowly)
        assert deliver() == Tally(dropped=1)
        clock.at = instant(25, 14)
        assert deliver() == Tally(sent=1)
    text = received.messages()[-1].get_body(("plain",))
    assert text is not None
    assert "2:00 p.m., Friday 27 November 2026" in text.get_content()


@pytest.mark.usefixtures("any_app")
def test_m10_a_bounce_or_an_answer_names_nobody_else(clinic: Clinic, any_app: Flask, clock: Clock) -> None:
    """M10: every mail goes to one person; sender and reply address are the clinic's."""
    for number in range(4):
        book(
            clinic,
            name=f"P {number}",
            email=f"p{number}@example.com",
            service="rmt-60",
            start=at(24 + number, 9),
        )
    clock.at = instant(23, 10)
    with sink() as received:
        send_to(any_app, received.port)
        deliver()
    assert len(received.received) >= 4
    for sender, recipients, raw in received.received:
        others = {f"p{n}@example.com" for n in range(4)} - set(recipients)
        assert (sender, len(recipients)) == ("desk@synergy.example", 1)
        assert [other for other in others if other.encode() in raw] == []


@pytest.mark.usefixtures("any_app")
def test_m6_stopping_needs_no_cookie_and_the_next_reminder_is_a_call(
    clinic: Clinic, any_app: Flask, clock: Clock
) -> None:
    """M6, L21: the token in the header alone stops reminders at once, before the next is due."""
    token = book(clinic, start=at(27, 10)).token
    with sink() as received:
        send_to(any_app, received.port)
        clock.at = instant(25, 10)
        deliver()
        header = received.messages()[-1]["List-Unsubscribe"]
        assert header == f"<http://127.0.0.1:8000/appointment/{token}/stop-reminders>"
        stop_reminders.stop(clinic, header.split("/")[-2], clock.at)
        clock.at = instant(27, 8)
        assert deliver() == Tally()
    assert rows("SELECT kind FROM call_task") == [("reminders_stopped",)]
