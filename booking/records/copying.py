"""Every row of every table, from one database into another of either engine, all or nothing.

The tables are those of the metadata, so that one added tomorrow is copied, too. Each
row is read back and compared before the commit. JSON travels as the text that it is.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Table,
    Text,
    cast,
    column,
    exc,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy import table as lightweight
from sqlalchemy.sql.type_api import TypeEngine

from booking.records import guard
from booking.records.numbering import last_numbers, set_last_numbers
from booking.records.schema import Instant, metadata
from booking.scheduling.errors import SlotTaken

AT_ONCE = 5000  # rows in memory
VERSION = "alembic_version"


class Unfit(Exception):
    """A database or file that cannot be copied; the message says why and what to do."""


@dataclass(frozen=True)
class Content:
    """What one table holds: how many rows, and one SHA-256 over all of them in order."""

    rows: int
    digest: str


def count_rows(conn: Connection) -> dict[str, int]:
    """Return how many rows each of our tables holds; one that is not there is left out."""
    there = set(inspect(conn).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in there]
    return {
        table.name: conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
    }


def told(rows: Mapping[str, int]) -> str:
    """Return what a database holds, in words for whoever looks after it."""
    main = ((rows.get(name, 0), name) for name in ("clinic", "patient", "appointment", "message"))
    words = ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in main)
    return f"{words}, {sum(rows.values())} rows in all"


def drop_tables(conn: Connection) -> None:
    """Drop whatever tables of ours a database has, with the triggers and views on them."""
    is_sqlite = conn.dialect.name == "sqlite"
    conn.exec_driver_sql("DROP VIEW IF EXISTS claim_readable")
    quote = conn.dialect.identifier_preparer.quote
    for name in (VERSION, *(table.name for table in reversed(metadata.sorted_tables))):
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {quote(name)}{'' if is_sqlite else ' CASCADE'}")


def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Copy all rows into tables that have just been made; return how many each table holds.

    Raises:
        Unfit: a row does not fit, or what was written is not what was read.
    """
    copied = {}
    for table in metadata.sorted_tables:
        copied[table.name] = _copy_table(source, target, table).rows
    _refuse_orphans(target)
    set_last_numbers(target, last_numbers(source))
    if not guard.is_intact(target):
        raise Unfit("The guard against double bookings could not be put in place.")
    return copied


def _refuse_orphans(conn: Connection) -> None:
    """Look for rows that refer to nothing; PostgreSQL has done so already."""
    if conn.dialect.name == "sqlite":
        orphan = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            raise Unfit(f"A row of the table {orphan[0]} refers to a row of {orphan[2]} that is not there.")


def content_of(conn: Connection, table: Table) -> Content:
    """Return how much a table holds and its checksum, the same on both engines."""
    told = _Digest()
    for rows in _read(conn, table):
        told.add(rows)
    return told.content()


def _copy_table(source: Connection, target: Connection, table: Table) -> Content:
    sent = _Digest()
    try:
        _write(target, table, (sent.add(rows) for rows in _read(source, table)))
    except (exc.DBAPIError, target.dialect.loaded_dbapi.Error, SlotTaken) as error:
        kind = type(getattr(error, "orig", error)).__name__  # its text may name a patient
        raise Unfit(f"A row of the table {table.name} does not fit ({kind}).") from error
    if content_of(target, table) != sent.content():
        raise Unfit(f"The table {table.name} was not written as it was read.")
    return sent.content()


class _Digest:
    """Counts rows and sums them up on their way."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = hashlib.sha256()

    def add(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Take rows into account and return them."""
        self._rows += len(rows)
        self._sum.update(b"".join(_as_bytes(row) for row in rows))
        return rows

    def content(self) -> Content:
        """Return what has come by so far."""
        return Content(self._rows, self._sum.hexdigest())


def _as_bytes(row: Sequence[Any]) -> bytes:
    return json.dumps(tuple(row), default=_word, separators=(",", ":")).encode() + b"\n"


def _word(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _read(conn: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    columns = [cast(c, Text) if isinstance(c.type, JSON) else _plain(c.name, c.type) for c in table.columns]
    query = select(*columns).select_from(table).order_by(*table.primary_key.columns)
    with conn.execute(query, execution_options={"yield_per": AT_ONCE}) as found:
        yield from found.partitions()


def _plain(name: str, kind: TypeEngine[Any]) -> Any:
    return column(name, DateTime() if isinstance(kind, Instant) else kind)


def _write(conn: Connection, table: Table, parts: Iterable[Sequence[Sequence[Any]]]) -> None:
    if conn.dialect.name != "sqlite":
        _write_at_once(conn, table, parts)
        return
    names = [c.name for c in table.columns]
    plain = [
        column(c.name, Text()) if isinstance(c.type, JSON) else _plain(c.name, c.type) for c in table.columns
    ]
    statement = insert(lightweight(table.name, *plain))
    for rows in parts:
        conn.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _write_at_once(conn: Connection, table: Table, parts: Iterable[Sequence[Sequence[Any]]]) -> None:
    """Write a whole table by one COPY: keys within it are checked when all of it is there."""
    quote = conn.dialect.identifier_preparer.quote
    names = ", ".join(quote(c.name) for c in table.columns)
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for rows in parts:
            for row in rows:
                copy.write_row(row)
