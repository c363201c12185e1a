"""Statements on the quickest way: compiled once, then handed to the driver as they are.

SQLAlchemy's own way to execute costs five times what the driver costs. What every
booking and every look at slots sends goes this way; all else does not need it. The
meaning is the same: types are converted by SQLAlchemy's own converters, and what the
database refuses is told by ``failures``.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.sql.base import Executable

from booking.records.failures import refuse

Convert = Callable[[Any], Any]
Values = Sequence[Any] | Mapping[str, Any]  # as the driver takes them: by place, or by name
Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one database."""

    sql: str
    names: tuple[str, ...]  # in the statement's order; one may come several times
    order: Callable[[Mapping[str, Any]], tuple[Any, ...]]  # takes the values by these names
    fixed: Mapping[str, Any]  # values that the statement itself brings
    binds: tuple[tuple[str, Convert], ...]  # whose values must be converted
    results: tuple[tuple[int, Convert], ...]  # by place
    row: Callable[[Sequence[Any]], Any]
    has_rows: bool

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values in the statement's order, as the driver takes them; each is converted once."""
        known = {**self.fixed, **given}
        for name, convert in self.binds:
            known[name] = convert(known[name])
        return self.order(known)

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
        self._has_columns = isinstance(statement, Insert)
        self._known: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def run(self, conn: Connection, given: Mapping[str, Any]) -> None:
        """Execute, with no answer."""
        self._execute(conn, self._compiled(conn.dialect, given), given)

    def rows(self, conn: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Execute and return the rows, as named tuples."""
        compiled = self._compiled(conn.dialect, given)
        return compiled.read(self._execute(conn, compiled, given))

    def tuples(self, conn: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """Execute and return the rows as the driver gives them, for columns that need no converting."""
        return self._execute(conn, self._compiled(conn.dialect, given), given)

    def first(self, conn: Connection, given: Mapping[str, Any]) -> Any:
        """Execute and return the first row, None where there is none."""
        found = self.rows(conn, given)
        return found[0] if found else None

    def _execute(self, conn: Connection, compiled: _Compiled, given: Mapping[str, Any]) -> Sequence[Any]:
        values: Values = compiled.values(given)
        if conn.dialect.name != "sqlite":  # psycopg's words name each value
            values = dict(zip(compiled.names, values, strict=True))
        return say(conn, compiled.sql, values, has_rows=compiled.has_rows)

    def _compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> _Compiled:
        columns = tuple(given) if self._has_columns else ()
        key = (dialect.name, columns)
        if key not in self._known:
            self._known[key] = _compile(self.statement, dialect, columns)
        return self._known[key]


def say(conn: Connection, sql: str, values: Values = (), *, has_rows: bool = False) -> Sequence[Any]:
    """Hand words to the driver as they are and return the rows, if there are any; refusals as everywhere."""
    for listener in conn.dispatch.before_cursor_execute:  # who counts statements sees these, too
        listener(conn, None, sql, values, None, False)
    raw: Any = conn.connection.dbapi_connection
    try:
        cursor = raw.execute(sql, values)
        found: Sequence[Any] = cursor.fetchall() if has_rows else ()
        cursor.close()
    except conn.dialect.loaded_dbapi.Error as error:
        refuse(conn, error)
        raise
    return found


def _compile(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    names = tuple(compiled.positiontup or compiled.params)
    defaults = {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())}
    fixed = {name: value for name, value in compiled.params.items() if value is not None} | defaults
    exported = tuple(statement.exported_columns) if hasattr(statement, "exported_columns") else ()
    return _Compiled(
        sql=compiled.string,
        names=names,
        order=_order(names),
        fixed={name: value for name, value in fixed.items() if name not in columns},
        binds=_converters(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in dict.fromkeys(names)
        ),
        results=_converters(
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(exported)
        ),
        row=_row_type([column.key for column in exported]),
        has_rows=bool(exported),
    )


def _order(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda known: tuple([known[name] for name in names])


def _row_type(names: list[str]) -> Callable[[Sequence[Any]], Any]:
    make: Any = namedtuple
    maker: Callable[[Sequence[Any]], Any] = make("Row", names, rename=True)._make
    return maker


def _converters(found: Iterable[tuple[Key, Convert | None]]) -> tuple[tuple[Key, Convert], ...]:
    return tuple((key, convert) for key, convert in found if convert is not None)
