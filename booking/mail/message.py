"""The message as it travels: Flask-Mail's ``Message``, built with ``EmailMessage``.

Flask-Mail 0.10 alone lets control characters inject headers, mints a new Message-ID
at every try and cannot say ``method=`` on a calendar part.
"""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from typing import Any

from flask_mail import Message

from booking.mail.render import Rendered
from booking.wording.plain import one_line

CALENDAR_NAME = "appointment.ics"
LONGEST_LINE = 990  # RFC 5322 allows 998


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a long link would become encoded words, which nobody reads."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        """Return the header's line."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", WholeHeader)
POLICY = policy.SMTP.clone(header_factory=_headers)


class Unwritable(Exception):
    """An address cannot stand in a header; the text names nobody."""


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, in bare addresses; ``identity`` is the message's own name."""

    identity: str
    recipient: str
    sender: str
    sender_name: str
    reply_to: str
    sent_at: datetime
    stop_link: str | None = None  # ends reminders by one click, without login (RFC 8058)

    @property
    def message_id(self) -> str:
        """The same at every try, so that a mailbox can tell a copy (E65)."""
        return f"<{self.identity}@{self.sender.rpartition('@')[2]}>"


class ClinicMessage(Message):
    """One message to one person: text, HTML, calendar entry; no header has a patient's text (B5)."""

    def __init__(self, envelope: Envelope, content: Rendered) -> None:
        super().__init__(subject=content.subject, recipients=[envelope.recipient], sender=envelope.sender)
        self.envelope = envelope
        self.content = content
        self.msgId = envelope.message_id

    def _message(self) -> EmailMessage:  # type: ignore[override]  # used for as_bytes() only
        mail = EmailMessage(policy=POLICY)
        self._head(mail)
        text, html = self.content.text, self.content.html
        mail.set_content(text, cte=_encoding(text))
        mail.add_alternative(html, subtype="html", cte=_encoding(html))
        if self.content.calendar is None:
            mail.set_boundary(f"=_{self.envelope.identity}.words")
        else:
            self._attach(mail, self.content.calendar)
        return mail

    def _attach(self, mail: EmailMessage, calendar: bytes) -> None:
        mail.add_alternative(
            calendar.decode(), subtype="calendar", cte="base64", params={"method": self.content.method}
        )
        mail.add_attachment(calendar, maintype="application", subtype="ics", filename=CALENDAR_NAME)
        mail.set_boundary(f"=_{self.envelope.identity}.whole")
        next(mail.iter_parts()).set_boundary(f"=_{self.envelope.identity}.words")

    def _head(self, mail: EmailMessage) -> None:
        envelope = self.envelope
        mail["Message-ID"] = self.msgId
        mail["Date"] = envelope.sent_at
        mail["From"] = _address(envelope.sender, envelope.sender_name)
        mail["To"] = _address(envelope.recipient)
        mail["Reply-To"] = _address(envelope.reply_to, envelope.sender_name)
        mail["Subject"] = self.content.subject
        mail["Auto-Submitted"] = "auto-generated"
        if envelope.stop_link:
            mail["List-Unsubscribe"] = f"<{envelope.stop_link}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _encoding(text: str) -> str:
    """Return the encoding that every relay passes on untouched and, if it can be, people can read."""
    plain = text.isascii() and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE
    return "7bit" if plain else "quoted-printable"


def _address(address: str, name: str = "") -> Address:
    if not address.isascii() or "@" not in address:
        raise Unwritable("The e-mail address cannot be written to.")
    try:
        return Address(one_line(name), addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:  # what headerregistry raises for nonsense
        raise Unwritable("The e-mail address cannot be written to.") from error
