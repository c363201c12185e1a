"""What the tables are made of: their metadata, how an instant is stored, the columns that all have.

``..._at`` are instants: aware UTC in, aware UTC out (``Instant``).
"""

from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Carries the metadata; tables are declared as Core tables below."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
metadata = Base.metadata

LONGEST_CLAIM = 24 * 60
Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as a naive UTC date-time on both engines."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return what to store; a value without a zone is a bug."""
        return None if value is None else _utc(value).replace(tzinfo=None)

    def bind_processor(self, dialect: Any) -> Any:
        """Return what writes a value as the engine stores it: on SQLite in one step."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the stored value as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant must be aware")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    return None if value is None else _utc(value).isoformat(" ", "microseconds")[: -len("+00:00")]


def id_column() -> Column[int]:
    """Return a table's own key."""
    return Column("id", Id, primary_key=True)


def clinic_column() -> Column[int]:
    """Return the column that says whose row it is: every row carries its clinic."""
    return Column("clinic_id", Id, ForeignKey("clinic.id"), nullable=False)


def where_set(name: str, *columns: Column[Any], tells: Column[Any] | None = None) -> Index:
    """Index the rows in which a column has a value: the others cost a booking nothing.

    Args: ``tells`` is that column, the last one where it is not given.
    """
    told = (columns[-1] if tells is None else tells).is_not(None)
    return Index(name, *columns, sqlite_where=told, postgresql_where=told)
