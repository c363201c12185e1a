"""Headers: the same set in every message, whatever patients write about themselves (B5, M2)."""

import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.mail.message import ClinicMessage, Envelope, Unwritable
from booking.mail.sample import SAMPLE, WRITTEN_AT
from tests.mail.letters import golden_app, outgoing, written

HEADERS = [
    "Message-ID",
    "Date",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
EVIL = [chr(n) for n in [*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x200E, 0x202E, 0xFEFF]] + [
    "\r\nBcc: thief@example.com",
    "=?utf-8?q?=0D=0ABcc:_thief@example.com?=",
    ", thief@example.com",
    "<thief@example.com>",
    "\ud800",
]

NO_ADDRESSES = [
    "",
    "nobody",
    "mei@",
    "@example.com",
    "mei@example.com\r\nBcc: x@example.com",
    "mei@example.com, x@example.com",
    "李@example.com",
    "mei@例.example",
    "<mei@example.com>",
    "mei chen@example.com",
    "a@b@c",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application without a database."""
    return golden_app(tmp_path_factory.mktemp("headers"))


def parsed(message: ClinicMessage) -> EmailMessage:
    mail = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def assert_untouched(mail: EmailMessage) -> None:
    assert [name for name, _ in mail.items()] == HEADERS
    assert mail["To"].addresses[0].addr_spec == "jo@sample.example"
    assert len(mail["To"].addresses) == 1
    assert [mail.defects, *(part.defects for part in mail.walk())] == [[]] * (1 + len(list(mail.walk())))


def test_m2_every_header_that_is_needed_and_no_other(app: Flask) -> None:
    """M2: a stable Message-ID, Date in UTC, one recipient, Reply-To the clinic, Auto-Submitted."""
    mail = parsed(written(app, "confirmation"))
    assert_untouched(mail)
    assert mail["Message-ID"] == "<outbox-17-1a2046a3900.confirmation@synergy.example>"
    assert mail["Date"] == "Sun, 22 Nov 2026 18:00:00 +0000"
    assert mail["From"] == "Synergy Clinic <desk@synergy.example>"
    assert mail["Reply-To"] == "Synergy Clinic <desk@synergy.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_m2_text_page_and_calendar_are_alternatives(app: Flask) -> None:
    """M2: text first, then HTML, then the invitation; the same entry is attached as a file."""
    mail = parsed(written(app, "moved"))
    whole = [part.get_content_type() for part in mail.walk()]
    assert whole == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, invitation, file = mail.walk()
    assert invitation.get_param("method") == "REQUEST"
    assert file.get_filename() == "appointment.ics"
    assert invitation.get_payload(decode=True) == file.get_payload(decode=True)


def test_m2_a_retry_has_the_same_message_id(app: Flask) -> None:
    """M2, E65: every try of one message has one Message-ID; another message has another."""
    first, again = (written(app, "confirmation", attempts=n) for n in (1, 2))
    assert first.msgId == again.msgId
    assert written(app, "moved").msgId != first.msgId


@pytest.mark.parametrize("character", EVIL, ids=[repr(c) for c in EVIL])
def test_b5_no_character_makes_a_header(app: Flask, character: str) -> None:
    """B5, S5: no control character, encoded word, comma or bracket in any text changes a header."""
    bad = f"Mei{character}Chen"
    letter = replace(
        SAMPLE, patient=bad, service=bad, practitioner=bad, discreet_name=bad, time_label=bad, address=bad
    )
    mail = parsed(written(app, "confirmation", letter))
    assert_untouched(mail)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # asserted to be there
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text.replace("\r\n", ""))


@settings(max_examples=300)
@given(bad=st.text(max_size=120))
def test_b5_any_text_leaves_the_headers_alone(app: Flask, bad: str) -> None:
    """B5: whatever the patient, the clinic or the menu is called, the set of headers is the same."""
    letter = replace(SAMPLE, patient=bad, service=bad, discreet_name=bad, clinic_name=bad)
    assert_untouched(parsed(written(app, "confirmation", letter)))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "mei@",
        "@example.com",
        "mei@example.com\r\nBcc: x@example.com",
        "mei@example.com, x@example.com",
    ]
    + ["李@example.com", "mei@例.example", "<mei@example.com>", "mei chen@example.com", "a@b@c"],
)
def test_b5_an_address_that_is_none_is_not_written_to(app: Flask, address: str) -> None:
    """B5: a recipient that is not exactly one address makes no message at all."""
    message = written(app, "confirmation", recipient=address)
    with pytest.raises(Unwritable, match="cannot be written to"):
        message.as_bytes()


@settings(max_examples=300)
@given(address=st.text(max_size=60))
def test_b5_any_address_is_one_recipient_or_none(app: Flask, address: str) -> None:
    """B5: no text becomes two recipients."""
    envelope = Envelope("outbox-1.moved", address, "d@s.example", "S", "d@s.example", WRITTEN_AT)
    try:
        raw = ClinicMessage(envelope, written(app, "moved").content).as_bytes()
    except Unwritable:
        return
    mail = message_from_bytes(raw, policy=policy.default)
    assert [name for name, _ in mail.items()] == HEADERS
    assert len(mail["To"].addresses) == 1


def test_a19_links_begin_with_base_url_only(app: Flask) -> None:
    """A19: the link's host is that of BASE_URL; a request's Host header has no part in it."""
    with app.test_request_context("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        content = written(app, "confirmation").content
    assert "evil" not in content.text + content.html
    assert "https://book.example/appointment/" in content.text


def test_the_senders_address_may_be_a_setting(tmp_path: Path) -> None:
    """MAIL_DEFAULT_SENDER is the sender; the name stays the discreet one and answers go to the clinic."""
    app = golden_app(tmp_path)
    here = app.extensions["house"]
    app.extensions["house"] = replace(here, mail=replace(here.mail, sender="post@relay.example"))
    mail = parsed(written(app, "confirmation"))
    assert mail["From"] == "Synergy Clinic <post@relay.example>"
    assert mail["Reply-To"] == "Synergy Clinic <desk@synergy.example>"
    assert mail["Message-ID"] == "<outbox-17-1a2046a3900.confirmation@relay.example>"
    assert outgoing(app, "confirmation").recipient == "jo@sample.example"
