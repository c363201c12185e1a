"""Many messages about one visit, without booking as often."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from booking.records.message_tables import message
from booking.records.transaction import Connection, light_transaction
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, book_visit

_COPIED = [
    c.name
    for c in message.columns
    if c.name not in ("id", "dedupe_key", "recipient", "due_at", "planned_for")
]
_COPY = text(
    f"INSERT INTO message ({', '.join(_COPIED)}, dedupe_key, recipient, due_at, planned_for)"
    f" SELECT {', '.join(_COPIED)}, :key, :recipient, :due, :planned FROM message WHERE id = :id"
)


def plan_many(clinic: Clinic, due: Sequence[datetime]) -> list[str]:
    """Plan a confirmation for each instant instead of those that are planned; return the addresses."""
    book_visit(clinic, now=MORNING, start=datetime(2026, 12, 8, 9, 0))
    addresses = [f"m{number}@example.com" for number in range(len(due))]

    def work(conn: Connection) -> None:
        for address, at in zip(addresses, due, strict=True):
            stored = at.replace(tzinfo=None)
            conn.execute(
                _COPY, {"key": address, "recipient": address, "due": stored, "planned": stored, "id": 1}
            )
        conn.execute(text("DELETE FROM message WHERE recipient NOT LIKE 'm%'"))

    light_transaction(work)
    return addresses
