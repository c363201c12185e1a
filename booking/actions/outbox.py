"""Hand the outbox's messages to a worker, one at a time, and write down what became of them (D6).

A worker leases a message, sends it outside any transaction and settles it. Whoever
leases a message counts its attempts up; a worker that lost its lease can settle
nothing any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.records import call_tasks, links, messages
from booking.records.database import reading
from booking.records.messages import UNSURE, Stored
from booking.records.transaction import Connection, light_transaction
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.zone import to_instant
from booking.wording.letter import Letter

LEASE = timedelta(seconds=60)  # longer than one message may take (K9)
MOST_TRIES = 10  # the last one about 16 hours after the first (K7)
PAUSES_MINUTES = (1, 2, 5, 10, 30, 60, 120, 240, 480)
SPREAD_PERCENT = 20
HELD = "The zone data of this machine is out of date."


@dataclass(frozen=True)
class Outgoing:
    """A message that the caller alone may send, until its lease ends.

    ``sealed`` is the patient's link token as the vault sealed it.
    """

    id: int
    clinic_id: int
    appointment_id: int
    patient_id: int
    kind: str
    recipient: str
    letter: Letter
    sequence: int
    attempts: int
    is_unsure: bool
    created_at: datetime
    sealed: bytes | None


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
    stored = messages.find_due(conn, now)
    if stored is None:
        return None
    letter = _find_letter(stored)
    if letter is None:
        return _give_up(conn, stored, "Given up: what it should say cannot be read.", now)
    reason = _why_not(stored, letter, now)
    if reason:
        messages.settle(conn, stored.id, stored.attempts, {"state": "skipped", "reason": reason})
        return Dropped(stored.id, reason)
    if stored.attempts >= MOST_TRIES:
        return _give_up(conn, stored, f"Given up: {MOST_TRIES} tries ended without an answer.", now)
    messages.lease(conn, stored, now + LEASE)
    return Outgoing(
        id=stored.id,
        clinic_id=stored.clinic_id,
        appointment_id=stored.appointment_id,
        patient_id=stored.patient_id,
        kind=stored.kind,
        recipient=stored.recipient,
        letter=letter,
        sequence=stored.sequence,
        attempts=stored.attempts + 1,
        is_unsure=stored.is_unsure,
        created_at=stored.created_at,
        sealed=links.find_sealed(conn, stored.appointment_id),
    )


def _find_letter(stored: Stored) -> Letter | None:
    try:
        return Letter.from_json(stored.snapshot)
    except (KeyError, TypeError, ValueError):  # written by another version, or by hand
        return None


def _give_up(conn: Connection, stored: Stored, reason: str, now: datetime) -> Dropped:
    _fail(conn, stored, reason, now)
    return Dropped(stored.id, reason)


def _why_not(stored: Stored, letter: Letter, now: datetime) -> str | None:
    """Return why a due message must not leave any more."""
    begins, ends = to_instant(letter.starts, letter.zone), to_instant(letter.ends, letter.zone)
    if stored.kind == "cancelled":
        # Who is on the way to a cancelled visit should still hear of it.
        wrong = {
            "The appointment is not cancelled any more.": stored.status != "cancelled",
            "The time of the visit has passed.": ends <= now,
        }
    else:
        wrong = {
            "The appointment is no longer booked.": stored.status not in LIVE,
            "The appointment was moved.": stored.starts != letter.starts,
            "The visit has begun.": begins <= now,
        }
    return next((reason for reason, is_so in wrong.items() if is_so), None)


def mark_sent(outgoing: Outgoing, now: datetime) -> bool:
    """Note that a message was taken; False when the lease was lost and somebody else has it."""
    fields = {"state": "sent", "sent_at": now, "reason": None}
    return light_transaction(lambda conn: messages.settle(conn, outgoing.id, outgoing.attempts, fields))


def mark_failed(outgoing: Outgoing, reason: str, now: datetime) -> None:
    """Give a message up and ask reception to call (E68)."""
    light_transaction(lambda conn: _fail(conn, outgoing, reason, now))


def mark_later(outgoing: Outgoing, reason: str, now: datetime, *, is_unsure: bool) -> bool:
    """Plan another try after a pause; after the last one give up.

    Args:
        outgoing: The message.
        reason: What went wrong, for staff.
        now: The present instant.
        is_unsure: Whether the message may have arrived all the same.

    Returns:
        False when the message was given up.
    """
    if outgoing.attempts >= MOST_TRIES:
        mark_failed(outgoing, reason, now)
        return False
    mark = UNSURE if is_unsure or outgoing.is_unsure else ""
    fields = {
        "state": "planned",
        "reason": f"{mark}{reason}",
        "due_at": now + pause(outgoing.id, outgoing.attempts),
    }
    light_transaction(lambda conn: messages.settle(conn, outgoing.id, outgoing.attempts, fields))
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


def find_next() -> tuple[datetime | None, int]:
    """Return when the next message is due and how many are held; reads only."""
    return reading(messages.find_next)


def _fail(conn: Connection, message: Outgoing | Stored, reason: str, now: datetime) -> None:
    fields = {"state": "failed", "reason": reason}
    if messages.settle(conn, message.id, message.attempts, fields):
        call_tasks.add(conn, message.clinic_id, message.patient_id, message.appointment_id, message.kind, now)
