"""Phone jobs with whom they are about, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from booking.records.message_tables import call_task
from booking.records.tables import appointment, patient

MOST_LISTED = 500

_LIST = (
    select(
        call_task.c.id,
        call_task.c.kind,
        call_task.c.due_at,
        call_task.c.created_at,
        call_task.c.done_at,
        call_task.c.done_by,
        call_task.c.note,
        patient.c.name,
        patient.c.phone,
        patient.c.email,
        patient.c.language,
        appointment.c.reference,
        appointment.c.starts,
        appointment.c.status,
    )
    .join(patient, patient.c.id == call_task.c.patient_id)
    .outerjoin(appointment, appointment.c.id == call_task.c.appointment_id)
    .where(
        call_task.c.clinic_id == bindparam("clinic"),
        or_(
            call_task.c.done_at.is_(None),
            call_task.c.done_at >= bindparam("since", type_=call_task.c.done_at.type),
        ),
    )
    .order_by(call_task.c.id)
    .limit(MOST_LISTED)
)


@dataclass(frozen=True)
class Task:
    """One phone job; ``reference``, ``starts`` and ``status`` are of its visit, if it is about one."""

    id: int
    kind: str
    due_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    note: str | None
    name: str
    phone: str | None
    email: str | None
    language: str
    reference: str | None
    starts: datetime | None
    status: str | None


def list_since(conn: Connection, clinic_id: int, since: datetime) -> Sequence[Task]:
    """Return the jobs that are open, and those that were done since an instant."""
    return [Task(**row._mapping) for row in conn.execute(_LIST, {"clinic": clinic_id, "since": since})]


def set_done(
    conn: Connection, clinic_id: int, task_id: int, done_at: datetime | None, done_by: str | None
) -> int | None:
    """Tick a job off, or open it again with None; return whose it is.

    Returns: the patient's row id; None where there is no such job, or it stands so already.
    """
    is_open = call_task.c.done_at.is_(None)
    found: int | None = conn.execute(
        update(call_task)
        .where(
            call_task.c.id == task_id, call_task.c.clinic_id == clinic_id, is_open if done_at else ~is_open
        )
        .values(done_at=done_at, done_by=done_by)
        .returning(call_task.c.patient_id)
    ).scalar()
    return found
