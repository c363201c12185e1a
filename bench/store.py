"""Write a generated history into a database, fast: the guard is put back before anybody reads."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, create_engine, text

from bench.history import YEAR, Placed
from booking.actions.sold import sell
from booking.records import guard
from booking.records.failures import GUARD
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import wall

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 20_000
COLUMNS = {
    "patient": (
        "id",
        "clinic_id",
        "name",
        "name_key",
        "email",
        "email_key",
        "language",
        "created_at",
        "search",
    ),
    "resource": ("id", "clinic_id", "kind", "patient_id", "unit", "active"),
    "appointment": (
        *("id", "clinic_id", "reference", "patient_id", "practitioner_id", "room_id", "service_id"),
        *("starts", "ends", "status", "version", "sold_as", "first_visit", "companion"),
        *("created_at", "created_by", "late"),
    ),
    "claim": ("clinic_id", "resource_id", "starts", "ends", "appointment_id"),
}


@dataclass(frozen=True)
class _Copy:
    """One year's worth of rows, shifted back by whole years; ids follow the last ones."""

    clinic: Clinic
    visits: Sequence[Placed]
    sold: dict[tuple[str, str, str], str]
    first_id: int
    first_resource: int
    minutes: int

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one table."""
        maker = getattr(self, f"_{table}")
        for number, visit in enumerate(self.visits):
            yield from maker(number, visit)

    def _patient(self, number: int, _visit: Placed) -> Iterator[tuple[Any, ...]]:
        i = self.first_id + number
        email = f"p{i}@example.com"
        made = MADE_AT.replace(tzinfo=None)
        found_by = f"patient {i} {email}"
        yield (i, self.clinic.id, f"Patient {i}", f"patient {i}", email, email, "en-CA", made, found_by)

    def _resource(self, number: int, _visit: Placed) -> Iterator[tuple[Any, ...]]:
        patient = self.first_id + number
        yield (self.first_resource + number, self.clinic.id, "patient", patient, 1, True)

    def _appointment(self, number: int, visit: Placed) -> Iterator[tuple[Any, ...]]:
        i, clinic = self.first_id + number, self.clinic
        starts, ends = wall(visit.starts - self.minutes), wall(visit.ends - self.minutes)
        yield (
            *(i, clinic.id, f"B{i:09d}", i, clinic.practitioner[visit.practitioner].id),
            *(clinic.room[visit.room].id, clinic.service[visit.service].id, starts, ends),
            *("booked", 1, self.sold[visit.service, visit.practitioner, visit.room], False, False),
            *(MADE_AT.replace(tzinfo=None), "bench", False),
        )

    def _claim(self, number: int, visit: Placed) -> Iterator[tuple[Any, ...]]:
        i, clinic = self.first_id + number, self.clinic.id
        whole = (self.first_resource + number, visit.starts, visit.ends)
        for resource, begins, ends in (*visit.claims, whole):
            yield (clinic, resource, begins - self.minutes, ends - self.minutes, i)


def store(url: str, clinic: Clinic, visits: Sequence[Placed], years: int) -> None:
    """Store ``years`` copies of a year of visits, the newest as it is."""
    sold = {
        (s, p, r): json.dumps(
            sell(clinic, clinic.service[s], clinic.practitioner[p], clinic.room[r]).as_json()
        )
        for s, p, r in {(v.service, v.practitioner, v.room) for v in visits}
    }
    engine = create_engine(url)
    with engine.connect() as conn:
        if conn.dialect.name == "sqlite":
            conn.exec_driver_sql("PRAGMA journal_mode = WAL")
            conn.exec_driver_sql("PRAGMA synchronous = OFF")
        first_resource = conn.execute(text("SELECT max(id) + 1 FROM resource")).scalar_one()
        conn.rollback()
        with conn.begin():
            drop_guard(conn)
            for number in reversed(range(years)):
                first = 1 + (years - 1 - number) * len(visits)
                copy = _Copy(clinic, visits, sold, first, first_resource + first, number * YEAR * 24 * 60)
                for table in COLUMNS:
                    _write(conn, table, copy.rows(table))
            _finish(conn)
    if engine.dialect.name != "sqlite":  # as autovacuum would; SQLite runs without statistics
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def drop_guard(conn: Connection) -> None:
    """Take the guard off until ``guard.install``; foreign keys are not checked in this transaction."""
    if conn.dialect.name == "sqlite":
        for name in guard.SQLITE_TRIGGERS:
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
    conn.exec_driver_sql(f"ALTER TABLE claim DROP CONSTRAINT {GUARD}")


def _write(conn: Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(COLUMNS[table])
    driver = conn.connection.driver_connection
    assert driver is not None
    if conn.dialect.name == "sqlite":
        marks = ", ".join("?" * len(COLUMNS[table]))
        driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(_for_sqlite, rows))
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _for_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(f"{v:%Y-%m-%d %H:%M:%S.%f}" if isinstance(v, datetime) else v for v in row)


def _finish(conn: Connection) -> None:
    guard.install(conn)
    if conn.dialect.name != "sqlite":
        for table in ("patient", "resource", "appointment"):
            conn.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
