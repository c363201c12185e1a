"""Switches off what keeps two bookings apart, in this process or in a test's database.

Only for the controls: a race that finds nothing with these off has no teeth (C2).
"""

import random
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Connection, create_engine, event, text

from booking.actions import person, placing
from booking.records import database, transaction
from booking.records.failures import GUARD
from booking.records.prepared import Prepared
from booking.records.schema import db
from booking.records.tables import clinic

WIDEST = 0.008  # seconds between check and insert


def drop_guard(url: str) -> None:
    """Take the guard out of a database."""
    engine = create_engine(url)
    with engine.begin() as conn:
        if conn.dialect.name == "sqlite":
            conn.execute(text(f"DROP TRIGGER {GUARD}_insert"))
            conn.execute(text(f"DROP TRIGGER {GUARD}_update"))
        else:
            conn.execute(text(f"ALTER TABLE claim DROP CONSTRAINT {GUARD}"))
    engine.dispose()


def drop_lock(app: Flask) -> None:
    """Let this process check and insert without being the only writer."""
    # a lock that locks nobody out: neither its own kind nor the later count of changes
    unlocked = transaction._LOCK.statement.with_for_update(read=True, key_share=True, of=clinic)
    transaction._LOCK = Prepared(unlocked)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.remove(engine, "connect", database._set_up_sqlite)
        event.remove(engine, "begin", database._begin_sqlite)
        event.listen(engine, "connect", _as_the_driver_would)
        event.listen(engine, "begin", _begin_nothing)


def write_less_surely(level: str) -> None:
    """Let this process's connections to SQLite write at another level than FULL (K2)."""
    shipped = "PRAGMA synchronous = FULL"
    assert shipped in database._SQLITE_PRAGMAS
    database._SQLITE_PRAGMAS = tuple(
        f"PRAGMA synchronous = {level}" if pragma == shipped else pragma
        for pragma in database._SQLITE_PRAGMAS
    )


def widen() -> None:
    """Wait a few milliseconds between the checks and the insert, as a busy machine would."""
    placing.assign.choose = _after_a_while(placing.assign.choose)
    person.patients.add = _after_a_while(person.patients.add)


def _after_a_while(work: Callable[..., Any]) -> Callable[..., Any]:
    def slowly(*arguments: Any) -> Any:
        time.sleep(random.uniform(0, WIDEST))
        return work(*arguments)

    return slowly


def _as_the_driver_would(connection: Any, _record: object) -> None:
    """Leave the driver to begin before the first insert, after the check."""
    for pragma in database._SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def _begin_nothing(conn: Connection) -> None:
    conn.exec_driver_sql("PRAGMA query_only = OFF")
