"""Deliver the outbox: take, write, send, settle, one message after the other."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from booking.access.vault import Unsealable
from booking.actions import outbox, reminders
from booking.actions.on_demand import LINK, STAFF_LINK
from booking.actions.outbox import Dropped, Outgoing
from booking.house import House, house
from booking.mail.folder import Folder
from booking.mail.message import ClinicMessage, Envelope, Unwritable
from booking.mail.outlet import NotSent, Outlet
from booking.mail.render import Occasion, render
from booking.mail.smtp import ClinicMail, SmtpOutlet, greeting_name
from booking.scheduling.errors import Busy
from booking.scheduling.zone import zone_data_is_right
from booking.wording.texts import kind_of

SETTLE_PAUSES = (0.2, 1.0, 3.0, 5.0)  # seconds; the lease outlasts them

T = TypeVar("T")

log = logging.getLogger(__name__)  # ids only: no name, no address, no text of a message (P7)


@dataclass
class Tally:
    """What became of the messages of one batch."""

    sent: int = 0
    dropped: int = 0
    later: int = 0
    failed: int = 0
    held: int = 0


def deliver(stop: Callable[[], bool] = lambda: False) -> Tally:
    """Send what is due, over one connection, until nothing is due or ``stop()``.

    Returns:
        How many were sent, dropped, put off, given up, or are held for wrong zone data.

    Raises:
        Unreachable: the mail server cannot be used; every message waits, none lost a try.
        Busy: the database cannot be used.
    """
    tally = Tally()
    here = house()
    if not zone_data_is_right():
        outbox.hold_due(here.now())
        tally.held = outbox.find_next().held
        return tally
    if not _is_anything_due(here):
        return tally
    with outlet(here) as out:
        while not stop():
            out.make_ready()
            taken = outbox.take(here.now())
            if taken is None:
                break
            if isinstance(taken, Dropped):
                _drop(taken, tally)
            else:
                _send(here, taken, out, tally)
    return tally


def _is_anything_due(here: House) -> bool:
    """Say whether to begin a batch; due times are made right first (E31, E33)."""
    next_one = outbox.find_next()
    if next_one.strange and reminders.recompute_all(here.now()):
        next_one = outbox.find_next()
    if next_one.held:
        return outbox.release_held() > 0
    return outbox.is_due(next_one, here.now())


def _drop(dropped: Dropped, tally: Tally) -> None:
    log.info("message %d dropped: %s", dropped.id, dropped.reason)
    tally.dropped += 1


def outlet(here: House) -> Outlet:
    """Return the way out that the settings name: a mail server, or the folder of .eml files."""
    if here.mail.host is None:
        return Folder(here.instance / "mail")
    name = greeting_name(urlsplit(here.base_url).hostname or "localhost")
    return SmtpOutlet(ClinicMail(here.mail, name))


def write(here: House, outgoing: Outgoing) -> ClinicMessage:
    """Return the whole message; links begin with BASE_URL, whoever asked (A19).

    Raises:
        Unwritable: an address cannot stand in a header.
    """
    letter = outgoing.letter.as_of(here.now())
    link = _link(here, outgoing, outgoing.sealed)
    is_reminder = kind_of(outgoing.kind) == "reminder"
    stop_link = f"{link}/stop-reminders" if link and is_reminder else None
    occasion = Occasion(
        kind=kind_of(outgoing.kind),
        language=outgoing.language,
        link=link,
        stop_link=stop_link,
        home=f"{here.base_url}/",
        recipient=outgoing.recipient,
        sequence=outgoing.sequence,
        written_at=outgoing.created_at,
        visits=tuple((one.letter, _link(here, outgoing, one.sealed)) for one in outgoing.entries),
        texts=outgoing.texts,
    )
    envelope = Envelope(
        identity=_identity(outgoing),
        recipient=outgoing.recipient,
        sender=here.mail.sender or letter.email,
        sender_name=letter.discreet_name,
        reply_to=letter.email,
        sent_at=here.now(),
        stop_link=stop_link,
    )
    return ClinicMessage(envelope, render(letter, occasion))


def _identity(outgoing: Outgoing) -> str:
    """Name a message for all its tries; the moment tells it from another database's row of that number."""
    made = int(outgoing.created_at.timestamp() * 1000)
    return f"outbox-{outgoing.id}-{made:x}.{outgoing.kind}"


def _link(here: House, outgoing: Outgoing, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    place, context = ("staff/link", STAFF_LINK) if outgoing.kind == STAFF_LINK else ("appointment", LINK)
    try:
        return f"{here.base_url}/{place}/{here.vault.unseal(sealed, context=context)}"
    except Unsealable:
        # SECRET_KEY was changed: the message still tells when and where, and whom to call.
        log.error("message %d has no link: SECRET_KEY is not the one it was sealed with", outgoing.id)
        return None


def _send(here: House, outgoing: Outgoing, out: Outlet, tally: Tally) -> None:
    try:
        message = write(here, outgoing)
        dropped = outbox.recheck(outgoing, here.now())
        if dropped:
            _drop(dropped, tally)
            return
        out.send(message)
    except NotSent as error:
        _put_off(here, outgoing, error, tally)
    except Unwritable as error:
        _put_off(here, outgoing, NotSent(str(error), is_final=True), tally)
    except Exception as error:  # noqa: BLE001 - a fault in one message must not keep the others back
        fault = type(error).__name__  # its text may name a patient
        _put_off(here, outgoing, NotSent(f"It could not be written: {fault}."), tally)
    else:
        _settle(lambda: outbox.mark_sent(outgoing, here.now()))
        log.info("message %d sent: %s", outgoing.id, outgoing.kind)
        tally.sent += 1


def _put_off(here: House, outgoing: Outgoing, error: NotSent, tally: Tally) -> None:
    if error.is_final:
        _settle(lambda: outbox.mark_failed(outgoing, error.reason, here.now()))
        goes_on = False
    else:
        goes_on = _settle(
            lambda: outbox.mark_later(outgoing, error.reason, here.now(), is_unsure=error.is_unsure)
        )
    log.warning("message %d %s", outgoing.id, "put off" if goes_on else "given up: please call")
    tally.later += goes_on
    tally.failed += not goes_on


def _settle(write_down: Callable[[], T]) -> T:
    """Write down what became of a message, patiently: forgetting it would send it twice."""
    for seconds in SETTLE_PAUSES:
        try:
            return write_down()
        except Busy:
            time.sleep(seconds)
    return write_down()
