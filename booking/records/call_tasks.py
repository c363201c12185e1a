"""Call tasks: phone jobs for reception."""

from datetime import datetime

from sqlalchemy import Connection, insert

from booking.records.tables import call_task

_ADD = insert(call_task)


def add(
    conn: Connection, clinic_id: int, patient_id: int, appointment_id: int, kind: str, now: datetime
) -> None:
    """Open a call task (kinds: safety, confirmation, moved, cancelled)."""
    conn.execute(
        _ADD,
        {
            "clinic_id": clinic_id,
            "patient_id": patient_id,
            "appointment_id": appointment_id,
            "kind": kind,
            "created_at": now,
        },
    )
