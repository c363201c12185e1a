"""Write down who changed what, before and after (L15); times and codes, no personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.actions.values import Actor
from booking.records import audit
from booking.records.audit import Recorded
from booking.records.transaction import Connection
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic


def record(
    conn: Connection,
    clinic: Clinic,
    action: str,
    by: Actor,
    now: datetime,
    before: Visit | None,
    after: Visit | None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one row about a visit to the audit trail, in the change's own transaction.

    Args:
        conn: the transaction's connection.
        clinic: whose trail.
        action: what was done, at most 40 characters.
        by: who did it.
        now: the present instant.
        before: the visit as it was, if it is about one.
        after: the visit as it is.
        details: what else to remember: an override's reason, an amount; no contact data.
    """
    about = after or before
    visit_id, patient_id = (about.id, about.patient.id) if about else (None, None)
    told = {**(_seen(after) or {}), **details} if details else _seen(after)
    entry = Recorded(now, actor_name(by), action, visit_id, patient_id, _seen(before), told)
    audit.add(conn, clinic.id, entry)


def record_of_patient(
    conn: Connection,
    clinic: Clinic,
    action: str,
    by: Actor,
    now: datetime,
    patient_id: int,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one row about a patient's record, not about one visit."""
    audit.add(conn, clinic.id, Recorded(now, actor_name(by), action, None, patient_id, None, details))


def actor_name(by: Actor) -> str:
    """Return how the trail names who asks."""
    return f"{by.kind}:{by.name}" if by.is_staff else by.kind


def _seen(visit: Visit | None) -> dict[str, Any] | None:
    if visit is None:
        return None
    return {
        "starts": visit.starts.isoformat(),
        "ends": visit.ends.isoformat(),
        "service": visit.service,
        "practitioner": visit.practitioner,
        "room": visit.room,
        "status": visit.status,
    }
