"""A clinic's visits, many times over: each copy lies in years of its own, every kind of row included."""

from sqlalchemy import BigInteger, Connection, DateTime, Integer, Table, Text, func, insert, literal, select
from sqlalchemy.sql.elements import ColumnElement

from booking.records.schema import metadata

SET_UP = {"clinic", "practitioner", "room", "device", "service", "closure", "message_text"}
DAYS = 28  # from one copy to the next; a copy's own visits span fewer


def multiply(conn: Connection, visits: int) -> None:
    """Copy everything that is not set-up until there are so many visits (SQLite only)."""
    there = conn.execute(select(func.count()).select_from(metadata.tables["appointment"])).scalar_one()
    times = -(-visits // there)
    stride = 1 + max(conn.execute(select(func.max(table.c.id))).scalar() or 0 for table in _tables())
    kept = conn.execute(select(metadata.tables["resource"].c.id).where(_of_set_up())).scalars().all()
    for number in range(1, times):
        for table in _tables():
            conn.execute(_copy(table, number, stride, max(kept)))


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in SET_UP]


def _of_set_up() -> ColumnElement[bool]:
    return metadata.tables["resource"].c.patient_id.is_(None)


def _copy(table: Table, number: int, stride: int, last_kept: int):  # type: ignore[no-untyped-def] # a statement
    columns = list(table.columns)
    values = [_value(c, number, stride, last_kept) for c in columns]
    query = select(*values).where(table.c.id < stride)
    if table.name == "resource":
        query = query.where(table.c.patient_id.is_not(None))
    return insert(table).from_select([c.name for c in columns], query, include_defaults=False)


def _value(c, number: int, stride: int, last_kept: int):  # type: ignore[no-untyped-def] # an expression
    shift = number * stride
    keys = {key.column.table.name for key in c.foreign_keys}
    if c.name == "resource_id":
        return func.iif(c <= last_kept, c, c + shift)
    if c.primary_key or keys - SET_UP:
        return c + shift
    if c.unique or c.name in ("dedupe_key", "key"):
        return func.substr(c, 1, 5, type_=Text).concat(func.printf("%07d", literal(shift) + c.table.c.id))
    return _earlier(c, number)


def _earlier(c, number: int):  # type: ignore[no-untyped-def] # an expression
    """Return a claim's or an appointment's time some weeks earlier, anything else as it is."""
    if c.table.name == "claim" and c.name in ("starts", "ends") and isinstance(c.type, Integer | BigInteger):
        return c - number * DAYS * 24 * 60
    if c.name in ("starts", "ends") and isinstance(c.type, DateTime):
        return func.strftime("%Y-%m-%d %H:%M:%S.000000", c, f"-{number * DAYS} days")
    return c
