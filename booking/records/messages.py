"""The outbox: rows that wait to be sent, each in the transaction of its change (D6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from booking.records.tables import appointment, message

UNSENT = ("planned", "held")
UNSURE = "Perhaps delivered: "  # begins the reason of a message that may have arrived


@dataclass(frozen=True)
class Stored:
    """A message that is due, and the appointment as it is now (None where there is none)."""

    id: int
    clinic_id: int
    appointment_id: int
    patient_id: int
    kind: str
    recipient: str
    snapshot: Mapping[str, Any]
    sequence: int
    state: str
    reason: str | None
    attempts: int
    created_at: datetime
    status: str
    starts: datetime

    @property
    def is_unsure(self) -> bool:
        """Say whether an earlier try may have arrived: its sender fell silent or was killed."""
        return self.state == "sending" or (self.reason or "").startswith(UNSURE)


_SUPERSEDE = (
    update(message)
    .where(message.c.appointment_id == bindparam("appointment"), message.c.state.in_(UNSENT))
    .values(state="skipped", reason=bindparam("why"))
)
_UNSENT = (
    select(message.c.kind, message.c.reason)
    .where(message.c.appointment_id == bindparam("appointment"), message.c.state.in_(UNSENT))
    .with_for_update()  # waits for a worker that is claiming one right now; SQLite has one writer anyway
)
_IS_DUE = or_(
    and_(message.c.state == "planned", message.c.due_at <= bindparam("now", type_=message.c.due_at.type)),
    # its worker was killed, or is slower than its lease
    and_(
        message.c.state == "sending", message.c.leased_until <= bindparam("now", type_=message.c.due_at.type)
    ),
)
_DUE = (
    select(
        *(message.c[name] for name in Stored.__annotations__ if name in message.c),
        appointment.c.patient_id,
        appointment.c.status,
        appointment.c.starts,
    )
    .join(appointment, appointment.c.id == message.c.appointment_id)
    .where(_IS_DUE)
    .order_by(message.c.due_at, message.c.id)
    .limit(1)
    .with_for_update(of=message, skip_locked=True)
)
_NEXT = select(
    select(func.min(message.c.due_at)).where(message.c.state == "planned").scalar_subquery(),
    select(func.min(message.c.leased_until)).where(message.c.state == "sending").scalar_subquery(),
    select(func.count()).where(message.c.state == "held").scalar_subquery(),
)
_ADD = {
    "sqlite": sqlite.insert(message).on_conflict_do_nothing(index_elements=["dedupe_key"]),
    "postgresql": postgresql.insert(message).on_conflict_do_nothing(index_elements=["dedupe_key"]),
}


def add(conn: Connection, row: dict[str, Any]) -> None:
    """Plan a message; one of the same ``dedupe_key`` stays as it is."""
    conn.execute(_ADD[conn.dialect.name], row)


def supersede(conn: Connection, appointment_id: int, why: str) -> list[tuple[str, bool]]:
    """Skip an appointment's messages that have not left.

    Returns:
        (kind, whether it may have arrived all the same) of each.
    """
    rows = conn.execute(_UNSENT, {"appointment": appointment_id}).all()
    if rows:
        conn.execute(_SUPERSEDE, {"appointment": appointment_id, "why": why})
    return [(row.kind, (row.reason or "").startswith(UNSURE)) for row in rows]


def find_next(conn: Connection) -> tuple[datetime | None, int]:
    """Return when the next message is due or given up by its worker, and how many are held."""
    planned, leased, held = conn.execute(_NEXT).one()
    return min((at for at in (planned, leased) if at is not None), default=None), held


def find_due(conn: Connection, now: datetime) -> Stored | None:
    """Return the message that has been due longest and that nobody else is looking at."""
    row = conn.execute(_DUE, {"now": now}).one_or_none()
    return None if row is None else Stored(**row._mapping)


def lease(conn: Connection, stored: Stored, until: datetime) -> None:
    """Give a due message to the caller until an instant; others leave it alone so long."""
    reason = (
        UNSURE + (stored.reason or "its worker stopped").removeprefix(UNSURE) if stored.is_unsure else None
    )
    fields = {"state": "sending", "attempts": stored.attempts + 1, "leased_until": until, "reason": reason}
    conn.execute(_guarded(stored.id, stored.attempts).values(fields))


def settle(conn: Connection, message_id: int, attempts: int, fields: Mapping[str, Any]) -> bool:
    """Set ``fields`` unless somebody else has taken the message since.

    Args:
        conn: A light transaction's connection.
        message_id: Which message.
        attempts: Its attempts as the caller knows them: who leased it last counts higher.
        fields: Columns and values.

    Returns:
        False when another worker has it, or had it.
    """
    return conn.execute(_guarded(message_id, attempts).values(dict(fields))).rowcount == 1


def hold(conn: Connection, now: datetime, why: str) -> int:
    """Hold what is due; return how many."""
    due = update(message).where(message.c.state == "planned", message.c.due_at <= now)
    return conn.execute(due.values(state="held", reason=func.coalesce(message.c.reason, why))).rowcount


def release(conn: Connection, why: str) -> int:
    """Plan again what was held for a reason that no longer holds; return how many."""
    held = update(message).where(message.c.state == "held")
    return conn.execute(held.values(state="planned", reason=func.nullif(message.c.reason, why))).rowcount


def _guarded(message_id: int, attempts: int) -> Any:
    return update(message).where(
        message.c.id == message_id,
        message.c.attempts == attempts,
        message.c.state.in_(("planned", "sending")),
    )
