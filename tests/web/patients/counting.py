"""How many statements a page sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from booking.records.schema import db


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile, outside any application context."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
