"""Databases for tests: made once per session, migrated and loaded, then copied for each test."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import make_url

from booking.records import database
from booking.records.schema import metadata
from config import read_settings
from tests.compiled import share_templates

ENGINE = os.environ.get("TEST_ENGINE") or "sqlite"  # of tests that do not choose one
SAMPLE = Path(__file__).resolve().parent.parent / "sample_clinic.toml"
SECRET_KEY = "a key that only the tests know, 0123456789"
BASE_URL = "http://127.0.0.1:8000"
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday 08:00 in Vancouver


class Clock:
    """The tests' clock: stands still until a test sets ``at``."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def make_app(url: str, instance: Path, now: Callable[[], datetime], **environ: str) -> Flask:
    """Return the application on a database, with the settings of ``environ`` on top."""
    from booking.factory import create_app

    given = {"SECRET_KEY": SECRET_KEY, "BASE_URL": BASE_URL, "DATABASE_URL": url, **environ}
    app = create_app(read_settings(given, instance), now=now)
    share_templates(app)
    return app


@contextmanager
def opened(url: str, instance: Path, now: Callable[[], datetime], **environ: str) -> Iterator[Flask]:
    """Give the application on a database and close its connections afterwards."""
    app = make_app(url, instance, now, **environ)
    try:
        yield app
    finally:
        database.close(app)


def migrate_and_load(url: str, instance: Path) -> None:
    """Bring an empty database to the newest migration and load the sample clinic."""
    from flask_migrate import upgrade

    from booking.actions.set_up import load_setup

    with opened(url, instance, Clock()) as app, app.app_context():
        upgrade()
        load_setup(SAMPLE.read_text(), MORNING)


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


def copy_sqlite(template: Path, copy: Path) -> None:
    """Copy a closed database; what its write-ahead log still holds is brought home first."""
    with sqlite3.connect(template) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    shutil.copyfile(template, copy)


# Everything of a schema that a test could change for the next one.
_SHAPE = """
SELECT md5(string_agg(line, E'\n' ORDER BY line)) FROM (
  SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'
  UNION ALL SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
) AS shape (line)
"""
_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

VERSION = "alembic_version"


class PostgresqlCopy:
    """One copy of a template that tests use in turn: its rows are put back after each.

    Making a database anew takes ten times as long; it is done only where a test has
    changed the schema.
    """

    def __init__(self, server: str, template_url: str) -> None:
        self.server = server
        self.template_url = template_url
        self._stack = ExitStack()
        self._url: str | None = None
        with psycopg.connect(template_url, autocommit=True) as conn:
            conn.execute("CREATE SCHEMA kept")
            for name in [*(table.name for table in metadata.sorted_tables), VERSION]:
                conn.execute(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
            self._shape = conn.execute(_SHAPE).fetchone()

    @property
    def url(self) -> str:
        """The copy's URL; makes it where there is none."""
        if self._url is None:
            template = make_url(self.template_url).database
            self._url = self._stack.enter_context(postgresql_database(self.server, template))
        return self._url

    def restore(self) -> None:
        """Make the copy equal to its template, or throw it away."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(_OTHERS)
            same = conn.execute(_SHAPE).fetchone() == self._shape
            if same:
                conn.execute(_restoring())
        if not same:
            self.close()

    def close(self) -> None:
        """Drop the copy."""
        self._stack.close()
        self._url = None


def _restoring() -> str:
    names = [table.name for table in metadata.sorted_tables]
    return ";".join(
        ["SET session_replication_role = replica"]  # what is append only is put back as well
        + [f"DELETE FROM {name}" for name in [*reversed(names), VERSION]]
        + [f"INSERT INTO {name} SELECT * FROM kept.{name}" for name in [*names, VERSION]]
        + [f"SELECT setval('{n}_id_seq', coalesce(max(id), 0) + 1, false) FROM {n}" for n in names]
    )


@contextmanager
def copied(request: pytest.FixtureRequest, folder: Path, engine: str = ENGINE) -> Iterator[str]:
    """Make one more database with the sample clinic, and give its URL."""
    if engine == "sqlite":
        copy_sqlite(request.getfixturevalue("sqlite_template"), folder / "clinic.db")
        yield sqlite_url(folder / "clinic.db")
        return
    copy: PostgresqlCopy = request.getfixturevalue("pg_copy")
    with postgresql_database(copy.server, make_url(copy.template_url).database) as url:
        yield url


def find_postgresql() -> str | None:
    """Return the URL of a server on which databases can be made, or None."""
    url = os.environ.get("TEST_POSTGRES_URL") or "postgresql://127.0.0.1:5432/postgres"
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return None
    return url


def need_postgresql() -> str:
    """Return the server's URL; skip with the reason where there is none, fail under CI=true."""
    url = find_postgresql()
    if url is not None:
        return url
    reason = "no PostgreSQL server: none at 127.0.0.1:5432, and TEST_POSTGRES_URL is not set or wrong"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def postgresql_database(server: str, template: str | None = None) -> Iterator[str]:
    """Make a database, empty or a copy of another, give its URL and drop it afterwards."""
    name = f"booking_test_{os.getpid()}_{secrets.token_hex(4)}"
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(made)
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(dropped)
