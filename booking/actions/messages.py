"""Plan the message that tells a patient of a change, in the change's own transaction (D6)."""

from datetime import datetime, timedelta

from booking.records import messages
from booking.records.transaction import Connection
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import zone_data_version
from booking.wording.letter import Letter

KINDS = ("confirmation", "moved", "cancelled")
WHY_SUPERSEDED = {
    "confirmation": "Replaced: the appointment was confirmed again.",
    "moved": "Replaced: the appointment was moved.",
    "cancelled": "Replaced: the appointment was cancelled.",
}


def plan(conn: Connection, clinic: Clinic, visit: Visit, kind: str, now: datetime) -> bool:
    """Plan one message about ``visit`` and drop those about it that have not left (E66).

    Who is moved before the confirmation left gets a confirmation of the new time; who
    is cancelled before it left hears nothing.

    Args:
        conn: The connection of the transaction that makes the change.
        clinic: The visit's clinic.
        visit: The appointment as it is after the change.
        kind: One of ``KINDS``: what has happened to it.
        now: The present instant.

    Returns:
        False when the patient has no e-mail address and must be called instead.
    """
    # The first version of an appointment cannot have an unsent message: one statement less.
    dropped = messages.supersede(conn, visit.id, WHY_SUPERSEDED[kind]) if visit.version > 1 else []
    if not visit.patient.email:
        return False
    is_news = ("confirmation", False) in dropped
    if is_news and kind == "cancelled":
        return True
    told = "confirmation" if is_news else kind
    messages.add(conn, _row(clinic, visit, told, now))
    return True


def _row(clinic: Clinic, visit: Visit, kind: str, now: datetime) -> dict[str, object]:
    return {
        "clinic_id": clinic.id,
        "appointment_id": visit.id,
        "kind": kind,
        "dedupe_key": f"{visit.reference}:{kind}:{visit.version}",
        "recipient": visit.patient.email,
        "language": visit.patient.language,
        "snapshot": Letter.about(clinic, visit, now).as_json(),
        "sequence": visit.version - 1,
        "due_at": now + timedelta(minutes=clinic.policy.confirmation_delay_minutes),
        "zone_data": zone_data_version(),
        "created_at": now,
    }
