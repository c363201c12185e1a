"""Hand the outbox's messages to a worker, one at a time, and write down what became of them (D6).

A worker leases a message, sends it outside any transaction and settles it. Whoever
leases a message counts its attempts up; a worker that lost its lease can settle
nothing any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from booking.actions.bounces import Undelivered, give_up
from booking.actions.going_out import Entry, find_letter, list_entries, sealed_for, why_not
from booking.actions.on_demand import ON_DEMAND
from booking.actions.texts import find_own
from booking.records import messages, outbox
from booking.records.database import reading
from booking.records.messages import UNSURE
from booking.records.outbox import Next, Stored
from booking.records.transaction import Connection, light_transaction
from booking.scheduling import reminders
from booking.scheduling.zone import zone_data_version
from booking.wording.letter import Letter
from booking.wording.texts import kind_of

LEASE = timedelta(seconds=120)  # a minute for one message, one for clocks that differ (K9, K14)
FURTHEST = LEASE + timedelta(minutes=15)  # clocks of workers differ by less; one that was put back, by more
MOST_TRIES = 10  # the last one about 16 hours after the first (K7)
PAUSES_MINUTES = (1, 2, 5, 10, 30, 60, 120, 240, 480)
SPREAD_PERCENT = 20
HELD = "The zone data of this machine is out of date."
UNREADABLE = "Given up: what it should say cannot be read."
NOBODY = "Nothing to send: no visit to come, and no account, has this address."


@dataclass(frozen=True)
class Outgoing:
    """A message that the caller alone may send, until its lease ends.

    ``sealed`` is the link's token as the vault sealed it; ``entries`` are the
    visits that a message of kind ``link`` lists; ``texts`` the clinic's own wording.
    """

    id: int
    clinic_id: int
    appointment_id: int | None
    patient_id: int | None
    kind: str
    recipient: str
    language: str
    letter: Letter
    sequence: int
    attempts: int
    is_unsure: bool
    created_at: datetime
    sealed: bytes | None
    attach_ics: bool = True
    entries: tuple[Entry, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dropped:
    """A message that was due and will not be sent."""

    id: int
    reason: str


def take(now: datetime) -> Outgoing | Dropped | None:
    """Return the next due message, leased to the caller; None when nothing is due.

    A message that has become wrong in the meantime is dropped instead (E64, E66).

    Raises:
        Busy: the database could not be written to.
    """
    return light_transaction(lambda conn: _take(conn, now))


def _take(conn: Connection, now: datetime) -> Outgoing | Dropped | None:
    stored = outbox.find_due(conn, now, now + FURTHEST)
    if stored is None:
        return None
    entries = list_entries(conn, stored, now)
    letter = entries[0].letter if entries else find_letter(conn, stored, now)
    if letter is None:
        wanted = stored.kind in ON_DEMAND
        return _refuse(conn, stored, NOBODY) if wanted else _give_up(conn, stored, UNREADABLE, now)
    reason = why_not(stored, letter, now)
    if reason:
        return _refuse(conn, stored, reason)
    if stored.attempts >= MOST_TRIES:
        return _give_up(conn, stored, f"Given up: {MOST_TRIES} tries ended without an answer.", now)
    outbox.lease(conn, stored, now + LEASE)
    return _outgoing(conn, stored, letter, entries)


def _outgoing(conn: Connection, stored: Stored, letter: Letter, entries: tuple[Entry, ...]) -> Outgoing:
    language = entries[0].language if entries else stored.language
    return Outgoing(
        id=stored.id,
        clinic_id=stored.clinic_id,
        appointment_id=stored.appointment_id,
        patient_id=stored.patient_id,
        kind=stored.kind,
        recipient=stored.recipient,
        language=language,
        letter=letter,
        sequence=stored.sequence,
        attempts=stored.attempts + 1,
        is_unsure=stored.is_unsure,
        created_at=stored.created_at,
        sealed=sealed_for(conn, stored),
        entries=entries,
        texts=find_own(conn, stored.clinic_id, kind_of(stored.kind), language),
    )


def _refuse(conn: Connection, stored: Stored, reason: str) -> Dropped:
    fields: dict[str, object] = {"state": "skipped", "reason": reason}
    if stored.kind in ON_DEMAND:
        fields["recipient"] = ""  # of somebody who is perhaps no patient
    outbox.settle(conn, stored.id, stored.attempts, fields)
    return Dropped(stored.id, reason)


def _give_up(conn: Connection, stored: Stored, reason: str, now: datetime) -> Dropped:
    give_up(conn, _undelivered(stored), reason, now, is_bounce=False)
    return Dropped(stored.id, reason)


def _undelivered(message: Outgoing | Stored) -> Undelivered:
    return Undelivered(
        message.id,
        message.clinic_id,
        message.patient_id,
        message.appointment_id,
        message.kind,
        message.attempts,
    )


def recheck(outgoing: Outgoing, now: datetime) -> Dropped | None:
    """Drop a leased reminder that has become wrong since it was taken (E66, M5)."""
    if reminders.offset_of(outgoing.kind) is None:
        return None  # news that a worker has in hand counts as told: what follows builds on it
    stored = reading(lambda conn: outbox.get(conn, outgoing.id))
    reason = why_not(stored, outgoing.letter, now)
    if reason is None:
        return None
    fields = {"state": "skipped", "reason": reason}
    light_transaction(lambda conn: outbox.settle(conn, outgoing.id, outgoing.attempts, fields))
    return Dropped(outgoing.id, reason)


def mark_sent(outgoing: Outgoing, now: datetime) -> bool:
    """Note that a message was taken; False when the lease was lost and somebody else has it."""
    fields = {"state": "sent", "sent_at": now, "reason": None}
    return light_transaction(lambda conn: outbox.settle(conn, outgoing.id, outgoing.attempts, fields))


def mark_failed(outgoing: Outgoing, reason: str, now: datetime) -> None:
    """Give a message up whose address was refused for good; reception is to call (E68)."""
    light_transaction(lambda conn: give_up(conn, _undelivered(outgoing), reason, now, is_bounce=True))


def mark_later(outgoing: Outgoing, reason: str, now: datetime, *, is_unsure: bool) -> bool:
    """Plan another try after a pause; after the last one give up and ask reception to call.

    Args:
        outgoing: The message.
        reason: What went wrong, for staff.
        now: The present instant.
        is_unsure: Whether the message may have arrived all the same.

    Returns:
        False when the message was given up.
    """
    if outgoing.attempts >= MOST_TRIES:
        light_transaction(lambda conn: give_up(conn, _undelivered(outgoing), reason, now, is_bounce=False))
        return False
    mark = UNSURE if is_unsure or outgoing.is_unsure else ""
    fields = {
        "state": "planned",
        "reason": f"{mark}{reason}",
        "due_at": now + pause(outgoing.id, outgoing.attempts),
    }
    light_transaction(lambda conn: outbox.settle(conn, outgoing.id, outgoing.attempts, fields))
    return True


def pause(message_id: int, attempts: int) -> timedelta:
    """Return how long to wait after a number of tries; each message a little differently."""
    minutes = PAUSES_MINUTES[attempts - 1]
    spread = (message_id * 7919 + attempts * 104729) % (2 * SPREAD_PERCENT + 1) - SPREAD_PERCENT
    return timedelta(minutes=minutes * (100 + spread) / 100)


def hold_due(now: datetime) -> int:
    """Hold what is due because this machine's zone data is wrong (E33); return how many."""
    return light_transaction(lambda conn: messages.hold(conn, now, HELD))


def release_held() -> int:
    """Plan again what was held for wrong zone data; return how many."""
    return light_transaction(lambda conn: messages.release(conn, HELD))


def is_due(next_one: Next, now: datetime) -> bool:
    """Say whether a worker has something to do now."""
    if next_one.last_lease is not None and next_one.last_lease > now + FURTHEST:
        return True
    return next_one.at is not None and next_one.at <= now


def find_next() -> Next:
    """Return when the next message is due and what else there is to do; reads only."""
    return reading(lambda conn: outbox.find_next(conn, zone_data_version()))
