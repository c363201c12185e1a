"""What tests of the records do again and again: book a room, read it back, count statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from booking.records.database import reader
from booking.records.schema import db
from booking.scheduling.clinic import Clinic
from tests.records.rows import AT, add_block, add_claim, list_claims


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that SQLAlchemy sends meanwhile."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def book_room(conn: Connection, clinic: Clinic, starts: int = AT) -> None:
    add_claim(conn, clinic, add_block(conn, clinic), clinic.rooms[0].resource, starts, starts + 60)


def stored_claims() -> list[tuple[int, int, int]]:
    return list_claims(reader())
