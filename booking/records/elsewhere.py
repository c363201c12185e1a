"""Databases beside the application's own: opened, seen at one instant, kept from changing, made anew."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from booking.records import copying
from booking.records.copying import Unfit
from booking.records.database import (
    MIGRATION_KEY,
    MIGRATION_LOCK_SECONDS,
    attach,
    close_reader,
    engine_options,
)
from booking.records.failures import WRITE
from booking.records.health import MIGRATIONS, head_revision, revision_of
from booking.records.schema import db, metadata

NO_MORE_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")


def own() -> Engine:
    """Return the application's own engine; this thread's kept connection is given back first."""
    close_reader()
    return db.engine


@contextmanager
def opened(url: str, folder: Path, *, must_exist: bool = False) -> Iterator[Engine]:
    """Give an engine for a URL and close its connections afterwards.

    Args:
        url: as DATABASE_URL is written.
        folder: where a relative SQLite path begins.
        must_exist: whether a SQLite file that is not there is refused, not made.

    Raises:
        Unfit: that is no address of a database, or there is none.
    """
    engine = create_engine(_resolved(url, folder), **engine_options(url))
    if must_exist and engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        raise Unfit(f"There is no database at {shown(engine)}.")
    attach(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def of_file(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


def shown(engine: Engine) -> str:
    """Return a database's address as it may be printed: without its password."""
    return engine.url.render_as_string(hide_password=True)


def _resolved(url: str, folder: Path) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Unfit("That is no database's address: it looks like sqlite:////path/clinic.db.") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise Unfit("That is no address for this program: it must begin with sqlite:/// or postgresql://.")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise Unfit("A database in memory ends with this command. Name a file.")
        return of_file(folder / str(parsed.database))
    return url


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one instant of a database; nobody waits for it."""
    is_server = engine.dialect.name != "sqlite"
    with engine.connect() as conn:
        if is_server:
            conn.execution_options(isolation_level="REPEATABLE READ")
        with conn.begin():
            _lift_limits(conn)
            yield conn


@contextmanager
def frozen(engine: Engine) -> Iterator[Connection]:
    """Give a connection to a database that nobody else can change until the block ends.

    Raises:
        Unfit: it lacks the newest migration.
    """
    with _changing(engine) as conn:
        need_newest(conn)
        if conn.dialect.name != "sqlite":
            quote = conn.dialect.identifier_preparer.quote
            names = ", ".join(quote(table.name) for table in metadata.sorted_tables)
            conn.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield conn


@contextmanager
def replacing(engine: Engine, *, may_drop: bool) -> Iterator[Connection]:
    """Give a connection to a database whose tables have just been made; all of it is one transaction.

    Raises:
        Unfit: it holds rows, and ``may_drop`` does not say to throw them away.
    """
    with _changing(engine) as conn:
        if engine.dialect.name != "sqlite":
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_KEY})")
        if not may_drop:
            refuse_data(conn)
        copying.drop_tables(conn)
        migrate(conn)
        yield conn


def refuse_data(conn: Connection) -> None:
    """Refuse a database in which any of our tables holds a row.

    Raises:
        Unfit: one does.
    """
    held = copying.count_rows(conn)
    if any(held.values()):
        raise Unfit(f"{shown(conn.engine)} holds data already: {copying.told(held)}.")


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    with (
        engine.connect().execution_options(**{WRITE: True}) as conn,
        keys_checked_at_the_end(conn),
        conn.begin(),
    ):
        _lift_limits(conn)
        yield conn


@contextmanager
def keys_checked_at_the_end(conn: Connection) -> Iterator[None]:
    """Let SQLite check no foreign key row by row: where records refer to later ones, that takes hours.

    ``copy_rows`` looks through all of them before the commit; PostgreSQL checks as always.
    """
    driver: Any = conn.connection.driver_connection
    if conn.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF").close()  # it has no effect inside a transaction
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON").close()


def _lift_limits(conn: Connection) -> None:
    if conn.dialect.name != "sqlite":
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_SECONDS}s'")
        for name in NO_MORE_LIMITS:
            conn.exec_driver_sql(f"SET LOCAL {name} = 0")


def migrate(conn: Connection) -> None:
    """Bring a connection's database to the newest migration, inside its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def need_newest(conn: Connection) -> str:
    """Return the newest migration if that is where a database is.

    Raises:
        Unfit: it is not.
    """
    found, head = revision_of(conn), head_revision()
    if found is None or found != head:
        raise Unfit(
            f"The tables of {shown(conn.engine)} are at {found or 'nothing'}, this program is at {head}:"
            " run `flask --app wsgi db upgrade` with that DATABASE_URL first."
        )
    return found


@contextmanager
def brought_up_to_date(engine: Engine) -> Iterator[Connection]:
    """Give a connection to a database that this or an older version of the program has made.

    Raises:
        Unfit: a newer version has made it, or another program.
    """
    with _changing(engine) as conn:
        known = {found.revision for found in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
        if revision_of(conn) not in known:
            raise Unfit("It was made by a newer version of this program: update the program first.")
        migrate(conn)
        yield conn


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
