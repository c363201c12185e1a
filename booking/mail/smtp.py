"""Flask-Mail's connection, made safe: verified TLS, time-outs, honest answers.

Flask-Mail 0.10 alone verifies no certificate, waits for ever and calls a message
failed that was accepted before the server hung up; hence these subclasses.
"""

import smtplib
import ssl
import time
from ipaddress import ip_address
from types import TracebackType
from typing import Any

from flask_mail import Connection, Mail

from booking.house import MailServer
from booking.mail.message import ClinicMessage
from booking.mail.outlet import NotSent, Unreachable
from booking.wording.plain import one_line

STEP_SECONDS = 15.0  # for one answer of the server
WHOLE_SECONDS = 45.0  # for one message: its lease is longer (K9)
LONGEST_REASON = 200


class _Timed(smtplib.SMTP):
    """An SMTP session that knows how long a message may take and how far it has come."""

    ends_at: float | None = None
    is_handing_over = False

    def begin(self) -> None:
        self.ends_at = time.monotonic() + WHOLE_SECONDS
        self.is_handing_over = False

    def send(self, s: Any) -> None:
        self._hurry()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._hurry()
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.is_handing_over = True
        return super().data(msg)

    def _hurry(self) -> None:
        sock = getattr(self, "sock", None)
        if sock is None:
            return
        left = STEP_SECONDS if self.ends_at is None else self.ends_at - time.monotonic()
        sock.settimeout(max(0.1, min(STEP_SECONDS, left)))


class _TimedSSL(_Timed, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class ClinicConnection(Connection):
    """A connection that verifies whom it talks to and never waits for ever."""

    host: _Timed | None

    def __init__(self, mail: Any, greeting_name: str) -> None:
        super().__init__(mail)
        self.greeting_name = greeting_name

    def configure_host(self) -> _Timed:
        """Return a session that is ready to send: connected, encrypted, signed in."""
        context = ssl.create_default_context()  # honours SSL_CERT_FILE
        server, port, name = self.mail.server, self.mail.port, self.greeting_name
        host: _Timed
        if self.mail.use_ssl:
            host = _TimedSSL(server, port, name, timeout=STEP_SECONDS, context=context)
        else:
            host = _Timed(server, port, name, timeout=STEP_SECONDS)
        try:
            if self.mail.use_tls and not self.mail.use_ssl:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Say goodbye; what the server answers to that changes nothing."""
        host, self.host = self.host, None
        if host is None:
            return
        try:
            host.quit()
        except (smtplib.SMTPException, OSError):
            host.close()


class ClinicMail(Mail):
    """Flask-Mail set up from this program's own settings; sending is never suppressed."""

    def __init__(self, server: MailServer, greeting_name: str) -> None:
        super().__init__()
        self.greeting_name = greeting_name
        self.state = self.init_mail(
            {
                "MAIL_SERVER": server.host,
                "MAIL_PORT": server.port,
                "MAIL_USE_TLS": server.use_tls,
                "MAIL_USE_SSL": server.use_ssl,
                "MAIL_USERNAME": server.username,
                "MAIL_PASSWORD": server.password,
                "MAIL_SUPPRESS_SEND": False,
            }
        )

    def connect(self) -> ClinicConnection:
        """Return a connection that is opened by ``with``."""
        return ClinicConnection(self.state, self.greeting_name)


class SmtpOutlet:
    """One SMTP connection for a batch, opened again where the server hangs up."""

    def __init__(self, mail: ClinicMail) -> None:
        self.mail = mail
        self.connection: ClinicConnection | None = None

    def __enter__(self) -> "SmtpOutlet":
        self.make_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.__exit__(kind, error, trace)

    def make_ready(self) -> None:
        """Connect where there is no connection (any more)."""
        if self.connection is not None and self.connection.host and self.connection.host.sock:
            return
        self.__exit__(None, None, None)
        connection = self.mail.connect()
        try:
            connection.__enter__()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unreachable(f"the mail server cannot be used: {_told(error)}") from error
        self.connection = connection

    def send(self, message: ClinicMessage) -> None:
        """Hand one message to the server."""
        if self.connection is None or self.connection.host is None:
            raise NotSent("there is no connection to the mail server")
        host = self.connection.host
        host.begin()
        try:
            self.connection.send(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise NotSent(_answer(code, answer), is_final=500 <= code < 600) from error
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
            raise NotSent(
                _answer(code, error.smtp_error),
                is_final=500 <= code < 600,
                is_unsure=not 400 <= code < 600,
            ) from error
        except smtplib.SMTPResponseException as error:
            raise NotSent(_answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(_told(error), is_unsure=host.is_handing_over) from error
        else:
            return


def greeting_name(base_url_host: str) -> str:
    """Return what to call this machine in EHLO: the host of BASE_URL, an address in brackets."""
    try:
        address = ip_address(base_url_host)
    except ValueError:
        return base_url_host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(f"{code} {text}")[:LONGEST_REASON]


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return one_line(f"{type(error).__name__}: {error}")[:LONGEST_REASON]
