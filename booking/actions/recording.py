"""Write down who changed what, before and after (L15); times and codes, no personal data."""

from datetime import datetime
from typing import Any

from booking.actions.values import Actor
from booking.records import audit
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
) -> None:
    """Append one row to the audit trail, in the change's own transaction."""
    about = after or before
    audit.add(
        conn,
        clinic.id,
        at=now,
        actor=f"{by.kind}:{by.name}" if by.is_staff else by.kind,
        action=action,
        appointment_id=about.id if about else None,
        before=_seen(before),
        after=_seen(after),
    )


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
