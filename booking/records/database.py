"""Engines and connections: how this program talks to SQLite and to PostgreSQL (D5, D7).

Connections are read-only unless they carry the execution option ``write``; only
``transaction()`` and the migrations set it. Reads outside a transaction go through
one kept connection per thread on which every statement is its own transaction: it
costs no BEGIN, no ROLLBACK and no pool, and it sees at once what others commit. The
connection that a thread has written with is kept for its next transaction, unless one failed.
"""

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakSet

from flask import Flask
from sqlalchemy import Connection, Engine, event, exc, make_url

from booking.records import every_table as every_table  # the metadata is whole
from booking.records import patience
from booking.records.failures import BUSY, NO_LOG, WRITE, Lost, translate
from booking.records.schema import db
from booking.scheduling.errors import Busy

T = TypeVar("T")

STATEMENT_SECONDS = 15
IDLE_SECONDS = 5  # in a transaction: whoever is cut off in one holds the clinic's lock no longer
CONNECT_SECONDS = POOL_SECONDS = 5
MIGRATION_LOCK_SECONDS = 5
MIGRATION_SECONDS = 120
MIGRATION_KEY = 0x626F6F6B  # any number that only migrations of this program lock

_READER = "kept_reader"
_WRITABLE = "writable"
# Commits leave it to the message worker to bring the write-ahead log home (``checkpoint``), as long
# as it does: only a log of 32 MB is brought home by whoever commits next.
LOG_PAGES = 8000
_SQLITE_PRAGMAS = (
    # Counts in a new file only: a booking touches some forty pages, and writes each of them whole.
    "PRAGMA page_size = 2048",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8000",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA wal_autocheckpoint = {LOG_PAGES}",
    "PRAGMA query_only = ON",
)
_PG_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "synchronous_commit": "on",  # what was answered survives a power cut, whatever the server's default
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    # The server for its part forgets a host that is gone, instead of keeping its connections for hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "2",
    "tcp_user_timeout": f"{STATEMENT_SECONDS}s",
}
_PG_KEEPALIVE = {  # notice within a statement's time that the server's machine is gone
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "tcp_user_timeout": STATEMENT_SECONDS * 1000,
}

_thread = threading.local()
_engines: WeakSet[Engine] = WeakSet()
_inherited: list[object] = []  # connections of the parent process: never used, never closed


def engine_options(url: str) -> dict[str, Any]:
    """Return what Flask-SQLAlchemy passes to ``create_engine`` for a database URL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            return {}
        return {"connect_args": {"timeout": patience.usual_seconds()}, **_pool(16)}
    given = parsed.query.get("options", "")
    lock = {"lock_timeout": f"{patience.usual_seconds() * 1000:.0f}ms"}
    settings = " ".join(f"-c {name}={value}" for name, value in (_PG_SETTINGS | lock).items())
    return {
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            **_PG_KEEPALIVE,
            "application_name": "booking",
            "options": f"{settings} {given if isinstance(given, str) else ' '.join(given)}".strip(),
        },
        "use_native_hstore": False,  # saves a question to the server on the first connection
        **_pool(16),
    }


def _pool(size: int) -> dict[str, Any]:
    return {"pool_size": size, "max_overflow": size, "pool_timeout": POOL_SECONDS, "pool_use_lifo": True}


def init_app(app: Flask) -> None:
    """Attach what every connection of the application's engine needs."""
    with app.app_context():
        attach(db.engine)


def attach(engine: Engine) -> None:
    """Attach what every connection of an engine needs."""
    _engines.add(engine)
    event.listen(engine, "handle_error", translate)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkout", _refuse_dead)
        event.listen(engine, "begin", _begin_postgresql)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    answers = [row for pragma in _SQLITE_PRAGMAS for row in connection.execute(pragma)]
    if not {("wal",), ("memory",)}.intersection(answers):
        raise Busy(NO_LOG, reason="log")


def _begin_sqlite(conn: Connection) -> None:
    options = conn.get_execution_options()
    _let_write(conn, WRITE in options)
    if WRITE in options:
        patience.begin_immediate(conn)
    elif _READER not in options:
        conn.exec_driver_sql("BEGIN")


def _let_write(conn: Connection, may_write: bool) -> None:
    """Switch writing on or off where this connection was used the other way before."""
    if conn.info.get(_WRITABLE, False) is not may_write:
        conn.exec_driver_sql(f"PRAGMA query_only = {'OFF' if may_write else 'ON'}")
        conn.info[_WRITABLE] = may_write


def _begin_postgresql(conn: Connection) -> None:
    options = conn.get_execution_options()
    if _READER not in options:  # psycopg begins by itself, as READ ONLY or as READ WRITE
        conn.connection.driver_connection.read_only = WRITE not in options  # type: ignore[union-attr] # psycopg's


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
    if _has_hung_up(connection):
        raise exc.DisconnectionError("the server closed this connection")


def _has_hung_up(connection: Any) -> bool:
    """Say whether an idle server connection was closed by the other end, without asking it."""
    if connection.closed:
        return True
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    return bool(watched.poll(0))


@contextmanager
def writer(wait: float | None = None) -> Iterator[Connection]:
    """Give a connection that may write, this thread's kept one. Only for ``transaction()``.

    ``wait``: seconds to wait for a lock, other than the usual ones (``patience``); then it is another.

    Raises:
        Busy: the database cannot be reached.
    """
    engine = db.engine
    if wait is not None:
        with _open(engine, {WRITE: True, patience.WAIT: wait}) as conn:
            yield conn
        return
    kept: Connection | None = _thread.__dict__.pop("writer", None)
    if kept is not None and not (kept.engine is engine and _is_usable(kept)):
        kept.close()
        kept = None
    conn = kept or _open(engine, {WRITE: True})
    try:
        yield conn
    except BaseException:
        conn.close()
        raise
    _close_kept("writer")  # of a use within this one
    _thread.writer = conn


@contextmanager
def migrating() -> Iterator[Connection]:
    """Give a migration the one connection on which the whole of it is one transaction.

    On PostgreSQL two migrations wait for each other, and one that meets a long lock
    gives up after a few seconds instead of stopping every booking behind it.
    """
    with writer() as conn, conn.begin():
        if conn.dialect.name != "sqlite":
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_SECONDS}s'")
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                conn.exec_driver_sql(f"SET LOCAL {name} = '{MIGRATION_SECONDS}s'")
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_KEY})")
        yield conn


def reader() -> Connection:
    """Return this thread's kept read connection to the current application's database.

    Every statement on it is its own transaction; writes are refused. Do not close it.

    Raises:
        Busy: the database cannot be reached.
    """
    engine = db.engine
    kept: Connection | None = getattr(_thread, "reader", None)
    if kept is not None:
        if kept.engine is engine and _is_usable(kept):
            return kept
        close_reader()
    return _open_reader(engine)


def _is_usable(kept: Connection) -> bool:
    if kept.closed or kept.invalidated:
        return False
    return kept.dialect.name == "sqlite" or not _has_hung_up(kept.connection.driver_connection)


def _open_reader(engine: Engine) -> Connection:
    options: dict[str, Any] = {_READER: True}
    if engine.dialect.name != "sqlite":
        options["isolation_level"] = "AUTOCOMMIT"
    opened = _open(engine, options)
    _thread.reader = opened
    return opened


def _open(engine: Engine, options: dict[str, Any]) -> Connection:
    try:
        return engine.connect().execution_options(**options)
    except exc.TimeoutError as error:
        raise Busy(BUSY, reason="database") from error


def reading(work: Callable[[Connection], T]) -> T:
    """Return ``work(reader())``, once more on a new connection when the server went away.

    Raises:
        Busy: the database cannot be reached or does not answer in time.
    """
    try:
        return work(reader())
    except Lost:
        close_reader()
        return work(reader())


def checkpoint() -> None:
    """Bring SQLite's write-ahead log home, as far as nobody reads or writes it right now."""
    with writer() as conn:
        if conn.dialect.name == "sqlite":
            raw = conn.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)").close()  # type: ignore[union-attr] # sqlite3's


def close_reader() -> None:
    """Give this thread's kept read connection back; the next read opens another."""
    _close_kept("reader")


def _close_kept(name: str) -> None:
    kept: Connection | None = _thread.__dict__.pop(name, None)
    if kept is not None:
        kept.close()


def close_kept() -> None:
    """Give both of this thread's kept connections back."""
    _close_kept("reader")
    _close_kept("writer")


def close(app: Flask) -> None:
    """Close every idle connection of an application, this thread's kept ones included."""
    close_kept()
    with app.app_context():
        db.engine.dispose()


def _forget_inherited() -> None:
    """After a fork: leave the parent's connections alone, neither used nor closed."""
    _inherited.extend(_thread.__dict__.pop(name, None) for name in ("reader", "writer"))
    for engine in _engines:
        _inherited.append(engine.pool)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_inherited)
