"""Remembered answers: the same key and body give the same answer and book nothing (E25)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from booking.records.prepared import Prepared
from booking.records.tables import idempotency

KEPT = timedelta(days=30)
_ADD = Prepared(insert(idempotency))
_FIND = Prepared(
    select(
        idempotency.c.id,
        idempotency.c.created_at,
        idempotency.c.body,
        idempotency.c.answer,
        idempotency.c.appointment_id,
    ).where(
        idempotency.c.clinic_id == bindparam("clinic"),
        idempotency.c.key == bindparam("key"),
    )
)


@dataclass(frozen=True)
class Remembered:
    """What a key was used for: SHA-256 of the request, the sealed answer."""

    body: str
    answer: bytes
    appointment_id: int


def find(conn: Connection, clinic_id: int, key: str, now: datetime) -> Remembered | None:
    """Return what ``key`` (a SHA-256) was used for in the last 30 days; forget it if longer ago."""
    row = _FIND.first(conn, {"clinic": clinic_id, "key": key})
    if row and row.created_at <= now - KEPT:
        conn.execute(delete(idempotency).where(idempotency.c.id == row.id))
        return None
    return Remembered(row.body, row.answer, row.appointment_id) if row else None


def is_known(conn: Connection, clinic_id: int, key: str, now: datetime) -> bool:
    """Say whether ``key`` was used in the last 30 days."""
    row = _FIND.first(conn, {"clinic": clinic_id, "key": key})
    return row is not None and row.created_at > now - KEPT


def add(
    conn: Connection,
    clinic_id: int,
    key: str,
    body: str,
    answer: bytes,
    appointment_id: int,
    now: datetime,
) -> None:
    """Remember an answer, in the transaction of the booking that it tells of."""
    _ADD.run(
        conn,
        {
            "clinic_id": clinic_id,
            "key": key,
            "body": body,
            "answer": answer,
            "appointment_id": appointment_id,
            "created_at": now,
        },
    )
