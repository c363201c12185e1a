"""The audit trail: who changed what, when, before and after (L15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from booking.records.tables import audit

_ADD = insert(audit)


def add(
    conn: Connection,
    clinic_id: int,
    *,
    at: datetime,
    actor: str,
    action: str,
    appointment_id: int | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Append one row."""
    conn.execute(
        _ADD,
        {
            "clinic_id": clinic_id,
            "at": at,
            "actor": actor,
            "action": action,
            "appointment_id": appointment_id,
            "before": before,
            "after": after,
        },
    )
