"""Thousands of clinics in one PostgreSQL: one is booked full by the program, the others are copies of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
from flask import Flask
from sqlalchemy import Column, Table, create_engine, text

from bench.databases import FOLDER, today
from bench.servers import SECRET_KEY
from bench.store import drop_guard
from booking import clock
from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.offer import offer
from booking.actions.set_up import load_setup
from booking.actions.values import Actor, BookRequest, Question
from booking.factory import create_app
from booking.records import database, guard
from booking.records.schema import metadata
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import wall
from config import ROOT, read_settings

SERVICES = ("needle-followup", "rmt-60")
APART = 75  # minutes: longer than a visit with its reset
STRIDE = 10_000  # from one clinic's row numbers to the next one's
MOST = 100_000  # clinics; rows that are made later are numbered behind them all
PATIENT = Actor("patient", "patient")


def code(number: int) -> str:
    """Return the id of a clinic."""
    return f"clinic{number}"


def application(url: str) -> Flask:
    """Return the application on a database."""
    return create_app(read_settings({"SECRET_KEY": SECRET_KEY, "DATABASE_URL": url}, FOLDER))


def free_starts(clinic: Clinic, first_day: int, days: int) -> Iterator[tuple[str, datetime]]:
    """Yield (service, start) of free starts, apart from each other, day by day."""
    found: list[tuple[datetime, str]] = []
    for service in SERVICES:
        first = today() + timedelta(days=first_day)
        question = Question(service, first, first + timedelta(days=days - 1), None, companion=False)
        free_from = 0
        for minute, _ in offer(clinic, question, clock.now()).slots():
            if minute >= free_from:
                free_from = minute + APART
                found.append((wall(minute), service))
    return ((service, start) for start, service in sorted(found))


def request(service: str, start: datetime, name: str) -> BookRequest:
    """Return a patient's request."""
    return BookRequest(
        service=service,
        start=start,
        practitioner=None,
        name=f"Patient {name}",
        email=f"p{name}@example.com",
        phone=None,
        language=None,
        first_visit=False,
        companion=False,
        safety=None,
        consent=True,
    )


def seed(url: str, visits: int) -> None:
    """Make the tables and the first clinic, the sample with so many visits booked by the program itself."""
    from flask_migrate import upgrade

    app = application(url)
    sample = (ROOT / "sample_clinic.toml").read_text(encoding="utf-8")
    with app.app_context():
        upgrade()
        load_setup(sample.replace('id = "synergy"', f'id = "{code(0)}"', 1), clock.now())
        clinic, vault = get_clinic(code(0)), Vault(SECRET_KEY)
        starts = free_starts(clinic, 2, 60)
        for number in range(visits):
            service, start = next(starts)
            book(clinic, request(service, start, str(number)), PATIENT, clock.now(), vault)
        database.close(app)
    with psycopg.connect(url, autocommit=True) as server:
        for table in _of_clinics():
            server.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {STRIDE * MOST})")


def copy(url: str, first: int, beyond: int) -> None:
    """Store the clinics ``first`` up to ``beyond`` as copies of the first one; the guard is on afterwards."""
    engine = create_engine(url)
    with engine.begin() as conn:
        drop_guard(conn)
        for table in _of_clinics():
            conn.execute(text(_copies(table)), {"first": first, "last": beyond - 1, "stride": STRIDE})
        guard.install(conn)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")


def _of_clinics() -> list[Table]:
    return [table for table in metadata.sorted_tables if "clinic_id" in table.c or table.name == "clinic"]


def _copies(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(column) for column in table.columns)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {values}"
        f" FROM {table.name} AS own, generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS k"
        " WHERE own.id < :stride"
    )


def _value(column: Column[object]) -> str:
    own = f'own."{column.name}"'
    if column.primary_key or column.foreign_keys:
        return f"{own} + k * :stride"
    if column.table.name == "clinic" and column.name == "code":
        return "'clinic' || k"
    if column.unique:
        return f"substr(md5({own} || '-' || k), 1, {getattr(column.type, 'length', 32)})"
    return own
