"""The outbox: rows that wait to be sent, each in the transaction of its change (D6)."""

from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from booking.records.tables import message

UNSENT = ("planned", "held")
UNSURE = "Perhaps delivered: "  # begins the reason of a message whose last try ended in silence

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
