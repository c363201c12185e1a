"""What only the demo needs: is the clinic still empty, and its phone jobs done."""

from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from booking.records.message_tables import call_task
from booking.records.tables import appointment


def has_visits(conn: Connection, clinic_id: int) -> bool:
    """Say whether any appointment was ever made in the clinic."""
    return bool(conn.execute(select(exists().where(appointment.c.clinic_id == clinic_id))).scalar_one())


def finish_calls(conn: Connection, appointment_id: int, at: datetime, by: str) -> None:
    """Mark the call tasks of an appointment as done."""
    conn.execute(
        update(call_task)
        .where(call_task.c.appointment_id == appointment_id, call_task.c.done_at.is_(None))
        .values(done_at=at, done_by=by)
    )
