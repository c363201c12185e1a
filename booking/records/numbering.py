"""The numbers that tables give their rows: none is given twice, also after a move to another database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from booking.records.schema import metadata

_PG_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")
_PG_SET = text("SELECT setval(pg_get_serial_sequence(:table, :column), :number)")
_SQLITE_FIND = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_SQLITE_FORGET = text("DELETE FROM sqlite_sequence WHERE name = :table")
_SQLITE_SET = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)")


def last_numbers(conn: Connection) -> dict[str, int]:
    """Return the last number of each table that numbers its rows, those of deleted rows included."""
    return {table.name: max(_largest(conn, table), _given_out(conn, table)) for table in _numbered()}


def set_last_numbers(conn: Connection, numbers: Mapping[str, int]) -> None:
    """Let each table go on after its last number."""
    for table in _numbered():
        number = numbers[table.name]
        if number and conn.dialect.name != "sqlite":
            conn.execute(_PG_SET, {**_place(table), "number": number})
        elif number and _remembers(table):
            conn.execute(_SQLITE_FORGET, {"table": table.name})
            conn.execute(_SQLITE_SET, {"table": table.name, "number": number})


def _numbered() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.autoincrement_column is not None]


def _place(table: Table) -> dict[str, Any]:
    numbered = table.autoincrement_column
    return {"table": f'"{table.name}"', "column": numbered.name if numbered is not None else None}


def _remembers(table: Table) -> bool:
    """Say whether SQLite keeps the last number of a table; otherwise it goes by the largest."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _largest(conn: Connection, table: Table) -> int:
    found = conn.execute(select(func.max(table.autoincrement_column))).scalar()
    return int(found or 0)


def _given_out(conn: Connection, table: Table) -> int:
    if conn.dialect.name == "sqlite":
        found = conn.execute(_SQLITE_FIND, {"table": table.name}).scalar() if _remembers(table) else None
        return int(found or 0)
    sequence = conn.execute(_PG_SEQUENCE, _place(table)).scalar_one()
    last = conn.exec_driver_sql(f"SELECT CASE WHEN is_called THEN last_value END FROM {sequence}").scalar()  # noqa: S608 - the server's own word
    return int(last or 0)
