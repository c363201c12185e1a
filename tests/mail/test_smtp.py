"""The conversation with a mail server: verified, bounded in time, honest about what happened."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from booking.house import MailServer
from booking.mail import smtp
from booking.mail.message import ClinicMessage, Envelope
from booking.mail.outlet import NotSent, Unreachable
from booking.mail.render import Rendered
from booking.mail.smtp import ClinicMail, SmtpOutlet, greeting_name
from tests.mail.sink import PASSWORD, USER, free_port, sink

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

CONTENT = Rendered("Your appointment", "Text.\n", "<p>Text.</p>\n", "REQUEST", b"BEGIN:VCALENDAR\r\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The tests' own certificate authority, trusted as an operator would have it trusted."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.4)


def message(recipient: str = "mei@example.com", number: int = 1) -> ClinicMessage:
    sender = "desk@synergy.example"
    sent_at = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    identity = f"outbox-{number}.confirmation"
    return ClinicMessage(Envelope(identity, recipient, sender, "Synergy Clinic", sender, sent_at), CONTENT)


def outlet(
    port: int, host: str = "127.0.0.1", *, tls: bool = False, ssl: bool = False, login: bool = False
) -> SmtpOutlet:
    user, password = (USER, PASSWORD) if login else (None, None)
    server = MailServer(host, port, tls, ssl, user, password, None)
    return SmtpOutlet(ClinicMail(server, "booking.example"))


def send(port: int, *messages: ClinicMessage, **settings: bool) -> None:
    with inside(), outlet(port, **settings) as out:
        for each in messages or (message(),):
            out.make_ready()
            out.send(each)


@contextmanager
def inside() -> Iterator[None]:
    from flask import Flask

    with Flask("test").app_context():
        yield


@contextmanager
def silent() -> Iterator[int]:
    """A server that accepts connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_it_signs_in_over_starttls_with_a_certificate_that_is_checked(trusted: trustme.CA) -> None:
    """A message leaves over STARTTLS, signed in, greeted by the name of BASE_URL's host."""
    with sink(trusted.issue_cert("127.0.0.1"), login=True) as received:
        send(received.port, tls=True, login=True)
    assert received.recipients() == ["mei@example.com"]
    assert received.logins == 1
    assert set(received.greetings) == {"booking.example"}


def test_it_speaks_tls_from_the_first_byte(trusted: trustme.CA) -> None:
    """MAIL_USE_SSL: TLS from the first byte, with the same check."""
    with sink(trusted.issue_cert("127.0.0.1"), implicit=True) as received:
        send(received.port, ssl=True)
    assert received.recipients() == ["mei@example.com"]


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_of_nobody_we_trust_is_refused(trusted: trustme.CA, implicit: bool) -> None:
    """K5: a server with a self-made certificate gets neither password nor message."""
    certificate = trustme.CA().issue_cert("127.0.0.1")
    with (
        sink(certificate, implicit=implicit, login=True) as received,
        pytest.raises(Unreachable, match="certificate verify failed"),
    ):
        send(received.port, tls=not implicit, ssl=implicit, login=True)
    assert (received.recipients(), received.logins) == ([], 0)


def test_a_certificate_for_another_name_is_refused(trusted: trustme.CA) -> None:
    """K5: a trusted certificate of another host is not this host's."""
    with (
        sink(trusted.issue_cert("mail.example.org")) as received,
        pytest.raises(Unreachable, match="IP address mismatch"),
    ):
        send(received.port, tls=True)
    assert received.recipients() == []


def test_a_server_without_tls_is_refused_where_tls_is_wanted() -> None:
    """K5: who strips STARTTLS off the server's answer gets nothing."""
    with sink() as received, pytest.raises(Unreachable, match="STARTTLS"):
        send(received.port, tls=True, login=True)
    assert (received.recipients(), received.logins) == ([], 0)


def test_a_wrong_password_keeps_everything_waiting(trusted: trustme.CA) -> None:
    """K5: when signing in fails nothing is tried, and the reason has the server's words."""
    with sink(trusted.issue_cert("127.0.0.1"), login=True) as received:
        out = outlet(received.port, tls=True, login=True)
        out.mail.state.password = "wrong"  # type: ignore[union-attr]  # set above
        with pytest.raises(Unreachable, match="535"), inside(), out:
            pass


def test_a_server_that_is_down_is_told_at_once() -> None:
    """K5: a refused connection is a sentence, not a traceback."""
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        send(free_port())


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_speaks_is_given_up() -> None:
    """K5: a server that accepts and says nothing costs one time-out, not the worker."""
    began = time.monotonic()
    with silent() as port, pytest.raises(Unreachable, match="timed out"):
        send(port)
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_too_slow_may_have_taken_it() -> None:
    """K5: an answer that comes too late leaves it open whether the message was taken."""
    with sink(ways=["slow"], seconds=2.0) as received, pytest.raises(NotSent) as told:
        send(received.port)
    assert (told.value.is_final, told.value.is_unsure) == (False, True)


def test_a_server_that_is_slow_within_the_limit_is_waited_for() -> None:
    """K5: slow is not down."""
    with sink(ways=["slow"], seconds=0.8) as received:
        send(received.port)
    assert received.recipients() == ["mei@example.com"]


def test_k9_one_message_takes_less_than_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """K9: many slow answers together stay under the limit for one message."""
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.3)
    began = time.monotonic()
    with sink(ways=["slow"], seconds=3.0) as received, pytest.raises(NotSent):
        send(received.port)
    assert time.monotonic() - began < 2.5


def test_the_limits_fit_into_the_lease() -> None:
    """K9: one message, and one time-out on top, end before another worker may take it."""
    from booking.actions.outbox import LEASE

    assert smtp.STEP_SECONDS == 15
    assert LEASE.total_seconds() >= smtp.WHOLE_SECONDS + smtp.STEP_SECONDS


@pytest.mark.parametrize(
    ("way", "is_final", "is_unsure", "reason"),
    [
        ("451", False, False, "451 4.3.0 try again later"),
        ("550", True, False, "550 5.1.1 <mei@example.com>: no such user"),
        ("554", True, False, "554 5.7.1 refused"),
        ("drop before data", False, False, "SMTPServerDisconnected: Connection unexpectedly closed"),
        ("lose data", False, True, "SMTPServerDisconnected: Connection unexpectedly closed"),
        ("drop after data", False, True, "SMTPServerDisconnected: Connection unexpectedly closed"),
    ],
)
def test_k5_k7_every_answer_is_understood(way: str, is_final: bool, is_unsure: bool, reason: str) -> None:
    """K5, K7: whether to try again, and whether the message may have arrived, follow from the answer."""
    with sink(ways=[way]) as received, pytest.raises(NotSent) as told:
        send(received.port)
    assert (told.value.is_final, told.value.is_unsure, told.value.reason) == (is_final, is_unsure, reason)


def test_a_server_that_drops_at_quit_has_taken_the_message() -> None:
    """What was accepted stays accepted, however the server says goodbye."""
    with sink(drops_quit=True) as received:
        send(received.port)
    assert received.recipients() == ["mei@example.com"]


def test_a_batch_takes_one_connection() -> None:
    """Five messages leave over one connection."""
    with sink() as received:
        send(received.port, *(message(number=n) for n in range(5)))
    assert (len(received.received), received.connections) == (5, 1)


def test_after_a_refusal_the_connection_is_used_again() -> None:
    """A refused recipient does not cost the others their connection."""
    with sink(ways=["550"]) as received, inside(), outlet(received.port) as out:
        with pytest.raises(NotSent):
            out.send(message("gone@example.com"))
        out.make_ready()
        out.send(message())
    assert (received.recipients(), received.connections) == (["mei@example.com"], 1)


def test_after_a_drop_a_new_connection_is_made() -> None:
    """A server that hangs up in the middle does not end the batch."""
    with sink(ways=["drop before data"]) as received, inside(), outlet(received.port) as out:
        with pytest.raises(NotSent):
            out.send(message())
        out.make_ready()
        out.send(message(number=2))
    assert (len(received.received), received.connections) == (1, 2)


def test_the_envelope_has_one_sender_and_one_recipient() -> None:
    """M2: one recipient, and the bare sender's address as the way back for bounces."""
    with sink() as received:
        send(received.port)
    ((sender, recipients, _),) = received.received
    assert (sender, recipients) == ("desk@synergy.example", ["mei@example.com"])


def test_a_message_that_cannot_be_encoded_leaves_no_half_open_session() -> None:
    """A fault of ours in the middle of a session ends the session."""
    with sink() as received, inside(), outlet(received.port) as out:
        broken = message()
        broken.recipients = ["mei\udc80@example.com"]
        with pytest.raises(UnicodeError):
            out.send(broken)
        out.make_ready()
        out.send(message())
    assert received.recipients() == ["mei@example.com"]


@pytest.mark.parametrize(
    ("host", "name"),
    [("book.example", "book.example"), ("127.0.0.1", "[127.0.0.1]"), ("::1", "[IPv6:::1]")],
)
def test_the_greeting_is_a_name_or_an_address_in_brackets(host: str, name: str) -> None:
    """RFC 5321: an address in EHLO stands in brackets."""
    assert greeting_name(host) == name
