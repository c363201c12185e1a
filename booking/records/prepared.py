"""Statements on the quickest way: compiled once, then handed to the driver as they are.

SQLAlchemy's own way to execute costs five times what the driver costs. What every
booking and every look at slots sends goes this way; all else does not need it. The
meaning is the same: types are converted by SQLAlchemy's own converters, and what the
database refuses is told by ``failures``.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.sql.base import Executable

from booking.records.failures import of_sqlite

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one database."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]  # values that the statement itself brings
    binds: tuple[tuple[int, Convert], ...]  # by place, where a value must be converted
    results: tuple[tuple[int, Convert], ...]
    row: Callable[[Sequence[Any]], Any]

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values in the statement's order, as the driver takes them."""
        known = {**self.fixed, **given} if self.fixed else given
        values = [known[name] for name in self.names]
        for place, convert in self.binds:
            values[place] = convert(values[place])
        return tuple(values)

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the rows with their columns as attributes."""
        if not self.results:
            return [self.row(one) for one in found]
        rows = []
        for one in found:
            values = list(one)
            for place, convert in self.results:
                values[place] = convert(values[place])
            rows.append(self.row(values))
        return rows


class Prepared:
    """A statement of fixed shape, so without IN over a list; an INSERT may be given different columns."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._known: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def run(self, conn: Connection, given: Mapping[str, Any]) -> None:
        """Execute, with no answer."""
        self._execute(conn, self._compiled(conn.dialect, given), given)

    def rows(self, conn: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Execute and return the rows, as named tuples."""
        compiled = self._compiled(conn.dialect, given)
        return compiled.read(self._execute(conn, compiled, given))

    def first(self, conn: Connection, given: Mapping[str, Any]) -> Any:
        """Execute and return the first row, None where there is none."""
        found = self.rows(conn, given)
        return found[0] if found else None

    def _execute(self, conn: Connection, compiled: _Compiled, given: Mapping[str, Any]) -> Sequence[Any]:
        values = compiled.values(given)
        if conn.dialect.name != "sqlite":
            named = dict(zip(compiled.names, values, strict=True))
            result = conn.exec_driver_sql(compiled.sql, named)
            return result.all() if result.returns_rows else ()
        for listener in conn.dispatch.before_cursor_execute:  # who counts statements sees these, too
            listener(conn, None, compiled.sql, values, None, False)
        try:
            cursor = conn.connection.driver_connection.execute(compiled.sql, values)  # type: ignore[union-attr] # sqlite3's
            found: list[Any] = cursor.fetchall()
            cursor.close()
        except sqlite3.Error as error:
            refusal = of_sqlite(error)
            if refusal is None:
                raise
            raise refusal from error
        return found

    def _compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> _Compiled:
        columns = tuple(given) if isinstance(self.statement, Insert) else ()
        key = (dialect.name, columns)
        if key not in self._known:
            self._known[key] = _compile(self.statement, dialect, columns)
        return self._known[key]


def _compile(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    names = tuple(compiled.positiontup or compiled.params)
    defaults = {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())}
    fixed = {name: value for name, value in compiled.params.items() if value is not None} | defaults
    exported = tuple(statement.exported_columns) if hasattr(statement, "exported_columns") else ()
    return _Compiled(
        sql=compiled.string,
        names=names,
        fixed={name: value for name, value in fixed.items() if name not in columns},
        binds=_converters(
            compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names
        ),
        results=_converters(c.type.dialect_impl(dialect).result_processor(dialect, None) for c in exported),
        row=_row_type([column.key for column in exported]),
    )


def _row_type(names: list[str]) -> Callable[[Sequence[Any]], Any]:
    make: Any = namedtuple
    maker: Callable[[Sequence[Any]], Any] = make("Row", names, rename=True)._make
    return maker


def _converters(found: Iterable[Convert | None]) -> tuple[tuple[int, Convert], ...]:
    return tuple((place, convert) for place, convert in enumerate(found) if convert is not None)
