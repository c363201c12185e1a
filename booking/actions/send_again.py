"""Send a message again because staff ask for it: the patient did not get it, or lost it.

It is a message of its own, with a row, a Message-ID and tries of its own: a mailbox that
drops copies of one Message-ID must not drop what somebody asked for. It says how the
visit stands now, and goes to the address that the patient has now.
"""

from datetime import datetime

from booking.actions.going_out import why_wrong
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, call_tasks, messages, outbox, patients
from booking.records.messages import UNSURE
from booking.records.outbox import Stored
from booking.records.transaction import Connection, transaction
from booking.scheduling import reminders
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound, TooLate
from booking.scheduling.zone import to_instant, zone_data_version
from booking.wording.letter import Letter

GONE = ("sent", "failed")  # what may be sent again
WAITS = ("planned", "sending", "held")
AGAIN = "Sent before, and once more because staff asked for it."
SINCE = "It failed, and was sent again since."
UNKNOWN = "There is no such message."
SKIPPED = "This message was never sent. The ledger says why."
NO_ADDRESS = "This patient has no e-mail address. Please call instead."


def send_again(clinic: Clinic, message_id: int, by: Actor, now: datetime) -> int:
    """Plan a message that was sent or failed once more, at once, and return the new one's id.

    While one like it waits to leave, that one's id is returned and nothing is planned: two
    presses send one message. An address that was refused for good counts as working again
    until the server says otherwise; the calls that stood for the message are closed, and
    come back if it fails again. A failure that was sent again is none any more.

    Args:
        clinic: The clinic.
        message_id: A line of the ledger (``ledger.Line.id``), of state sent or failed.
        by: Who asks for it.
        now: The present instant.

    Raises:
        NotFound: the clinic has no such message.
        TooLate: it was skipped, what it says holds no more, or nobody can be written to; the
            message says what to do, the reason is "skipped", "wrong" or "address".
        Busy: the database could not be written to.
    """
    return transaction(clinic.id, now, lambda conn: _send_again(conn, clinic, message_id, by, now))


def _send_again(conn: Connection, clinic: Clinic, message_id: int, by: Actor, now: datetime) -> int:
    stored = outbox.find(conn, clinic.id, message_id)
    if stored is None:
        raise NotFound(UNKNOWN)
    if stored.state in WAITS:
        return stored.id
    waiting = messages.find_waiting(conn, stored.appointment_id, stored.kind, stored.recipient)
    if waiting is not None:
        _settle(conn, stored)
        return waiting
    if stored.state not in GONE:
        raise TooLate(SKIPPED, reason="skipped")
    visit = None if stored.appointment_id is None else _get_visit(conn, clinic, stored, now)
    again = _add(conn, clinic, stored, visit, now)
    _settle(conn, stored)
    details = {"message": stored.id, "kind": stored.kind, "state": stored.state, "again": again}
    record(conn, clinic, "send_again", by, now, visit, visit, details)
    return again


def _settle(conn: Connection, stored: Stored) -> None:
    """Let a failure be none any more: another message stands for it."""
    was = (stored.reason or "").removeprefix(UNSURE)
    messages.settle_failed(conn, stored.id, f"{SINCE} {was}".rstrip())


def _get_visit(conn: Connection, clinic: Clinic, stored: Stored, now: datetime) -> Visit:
    """Return the message's visit, of which it may still tell, ready to be written to."""
    visit = appointments.find_visit(conn, clinic.id, stored.appointment_id or 0)
    if visit is None:
        raise NotFound(UNKNOWN)
    begins, ends = to_instant(visit.starts, clinic.zone), to_instant(visit.ends, clinic.zone)
    reason = why_wrong(stored.kind, visit.status, begins, ends, now, stored.is_stopped)
    if reason:
        raise TooLate(f"{reason} There is nothing to send.", reason="wrong")
    if visit.patient.email is None:
        raise TooLate(NO_ADDRESS, reason="address")
    if visit.patient.email_fails:
        patients.change(conn, visit.patient.id, {"email_failed_at": None})
    kind = "reminder" if reminders.offset_of(stored.kind) is not None else stored.kind
    call_tasks.close(conn, visit.id, (kind, "bounced"), now)
    return visit


def _add(conn: Connection, clinic: Clinic, stored: Stored, visit: Visit | None, now: datetime) -> int:
    """Plan the message anew: ``visit`` is what it tells of, None for one that looks for itself."""
    key = f"{stored.kind}:again:{stored.id}:{now.timestamp():.6f}"
    may_have_arrived = stored.state == "sent" or stored.is_unsure
    row = {
        "kind": stored.kind,
        "dedupe_key": key,
        "state": "planned",
        "reason": f"{UNSURE}{AGAIN}" if may_have_arrived else None,
        "planned_for": now,
    }
    shared = {
        "clinic_id": clinic.id,
        "appointment_id": stored.appointment_id,
        "recipient": visit.patient.email if visit else stored.recipient,
        "language": visit.patient.language if visit else stored.language,
        "snapshot": Letter.about(clinic, visit, now).as_json() if visit else {},
        "sequence": visit.version - 1 if visit else stored.sequence,
        "zone_data": zone_data_version(),
        "created_at": now,
    }
    messages.add_all(conn, shared, [row])
    return messages.get_id(conn, key)
