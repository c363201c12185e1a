"""Write down what staff tried to change without being allowed to (reliability.md, A6)."""

from datetime import datetime

from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic


def note_denied(clinic: Clinic, what: str, by: Actor, now: datetime) -> None:
    """Append one row to the trail: who asked for what; nothing of what was sent.

    Args:
        clinic: whose trail.
        what: the name of what was asked for, such as ``desk.move``.
        by: who asked.
        now: the present instant.

    Raises:
        Busy: it cannot be written.
    """
    transaction(
        clinic.id, now, lambda conn: record(conn, clinic, "denied", by, now, None, None, {"asked": what})
    )
