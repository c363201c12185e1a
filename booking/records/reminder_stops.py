"""Addresses that want no reminders by e-mail any more (L21)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from booking.records.message_tables import reminder_stop
from booking.records.prepared import Prepared

_KEY = ["clinic_id", "email_key"]
_ADD = {
    "sqlite": sqlite.insert(reminder_stop).on_conflict_do_nothing(index_elements=_KEY),
    "postgresql": postgresql.insert(reminder_stop).on_conflict_do_nothing(index_elements=_KEY),
}
_REMOVE = delete(reminder_stop).where(
    reminder_stop.c.clinic_id == bindparam("clinic"), reminder_stop.c.email_key == bindparam("key")
)
_FIND = Prepared(
    select(reminder_stop.c.id).where(
        reminder_stop.c.clinic_id == bindparam("clinic"), reminder_stop.c.email_key == bindparam("key")
    )
)


def add(conn: Connection, clinic_id: int, email_key: str, now: datetime) -> None:
    """Note that an address wants no reminders; what is noted already stays."""
    conn.execute(_ADD[conn.dialect.name], {"clinic_id": clinic_id, "email_key": email_key, "stopped_at": now})


def remove(conn: Connection, clinic_id: int, email_key: str) -> bool:
    """Let an address get reminders again; False where it got them all along."""
    return conn.execute(_REMOVE, {"clinic": clinic_id, "key": email_key}).rowcount > 0


def is_stopped(conn: Connection, clinic_id: int, email_key: str) -> bool:
    """Say whether an address wants no reminders."""
    return _FIND.first(conn, {"clinic": clinic_id, "key": email_key}) is not None
