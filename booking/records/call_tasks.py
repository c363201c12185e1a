"""Call tasks: phone jobs for reception.

Kinds: safety (asked to be called about the laser), confirmation, moved, cancelled,
reminder (what no e-mail can tell), callback (asked for from the patient's page),
bounced (the address does not work), reminders_stopped (a call in a reminder's place),
clinic_change (given up for a block), closed (the set-up closes at that time now).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from booking.records.message_tables import call_task

REPLACED = ("confirmation", "moved", "reminder", "reminders_stopped")  # void once the visit has changed
OF_CANCELLED = ("cancelled", "clinic_change")  # void once the visit stands again
SYSTEM = "system"

_ADD = insert(call_task)
_OPEN = select(call_task.c.id).where(
    call_task.c.appointment_id == bindparam("appointment"),
    call_task.c.kind == bindparam("kind"),
    call_task.c.done_at.is_(None),
)
_CLOSE = (
    update(call_task)
    .where(
        call_task.c.appointment_id == bindparam("appointment"),
        call_task.c.kind.in_(bindparam("kinds", expanding=True)),
        call_task.c.done_at.is_(None),
    )
    .values(done_at=bindparam("now", type_=call_task.c.done_at.type), done_by=SYSTEM)
    .returning(call_task.c.kind)
)


@dataclass(frozen=True)
class Call:
    """A phone job; ``due_at`` None is as soon as possible."""

    clinic_id: int
    patient_id: int
    appointment_id: int
    kind: str
    created_at: datetime
    due_at: datetime | None = None


def add(
    conn: Connection, clinic_id: int, patient_id: int, appointment_id: int, kind: str, now: datetime
) -> None:
    """Open a call task that is to be done as soon as possible."""
    add_all(conn, [Call(clinic_id, patient_id, appointment_id, kind, now)])


def add_all(conn: Connection, calls: Sequence[Call]) -> None:
    """Open call tasks."""
    if calls:
        conn.execute(_ADD, [asdict(call) for call in calls])


def is_open(conn: Connection, appointment_id: int, kind: str) -> bool:
    """Say whether reception has yet to make such a call about an appointment."""
    return conn.execute(_OPEN, {"appointment": appointment_id, "kind": kind}).first() is not None


def reopen(conn: Connection, appointment_id: int, kind: str) -> bool:
    """Open a call again that the program had closed; say whether there ever was one."""
    mine = (call_task.c.appointment_id == appointment_id, call_task.c.kind == kind)
    by_itself = update(call_task).where(*mine, call_task.c.done_by == SYSTEM)
    conn.execute(by_itself.values(done_at=None, done_by=None))
    return conn.execute(select(call_task.c.id).where(*mine)).first() is not None


def count_open(conn: Connection, clinic_id: int, kind: str) -> int:
    """Return how many calls of a kind reception has yet to make."""
    mine = (call_task.c.clinic_id == clinic_id, call_task.c.kind == kind, call_task.c.done_at.is_(None))
    found: int = conn.execute(select(func.count()).where(*mine)).scalar_one()
    return found


def close(conn: Connection, appointment_id: int, kinds: Sequence[str], now: datetime) -> list[str]:
    """Close the open calls of some kinds about an appointment and return their kinds."""
    given = {"appointment": appointment_id, "kinds": list(kinds), "now": now}
    return list(conn.execute(_CLOSE, given).scalars())
