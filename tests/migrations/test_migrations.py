"""Migrations: up and down with data, no drift, the guard in place, on both engines (K16)."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, func, inspect, select, text

from booking.actions.set_up import load_setup
from booking.records import database, guard
from booking.records.database import reader, writer
from booking.records.schema import metadata
from booking.records.tables import claim
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Busy
from tests import databases
from tests.databases import MORNING, SAMPLE, Clock, opened, sqlite_url
from tests.records.work import book_room, stored_claims

# A foreign key that came with its column says what a clause of its own says.
COLUMN_KEY = re.compile(r"((\w+) INTEGER) CONSTRAINT (\w+) (REFERENCES \w+ \(id\))")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application on a database without a table, its context open."""
    if request.param == "sqlite":
        with opened(sqlite_url(tmp_path / "empty.db"), tmp_path, clock) as app, app.app_context():
            yield app
        return
    server = request.getfixturevalue("pg_server")
    with databases.postgresql_database(server) as url, opened(url, tmp_path, clock) as app, app.app_context():
        yield app


def table_names() -> list[str]:
    return sorted(inspect(reader()).get_table_names())


def test_the_tables_are_those_of_the_migrations(any_app: Flask, inside: Flask) -> None:
    """`flask db check` finds nothing to do: tables, columns, types, keys and indexes agree."""
    context = MigrationContext.configure(reader(), opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def schema(conn: Connection) -> list[str]:
    """Return every definition of the schema, checks and guard included, without regard to layout."""
    if conn.dialect.name == "sqlite":
        rows = conn.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return sorted(f"{kind} {name} {definition(sql)}" for kind, name, sql in rows if "alembic" not in name)
    found = conn.execute(
        text(
            "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT definition FROM pg_views WHERE schemaname = 'public'"
            " UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable,"
            "  character_maximum_length) FROM information_schema.columns WHERE table_schema = 'public'"
        )
    )
    return sorted(line for (line,) in found if "alembic" not in line)


def definition(sql: str) -> str:
    """Return a SQLite definition with its parts in order: a table's clauses may stand in any."""
    flat = re.sub(r"\s+", " ", sql).replace('"', "")
    if not flat.startswith("CREATE TABLE"):
        return flat
    flat = re.sub(COLUMN_KEY, r"\1, CONSTRAINT \3 FOREIGN KEY(\2) \4", flat)
    head, _, clauses = flat.partition("(")
    return head + " ; ".join(sorted(part.strip(" )") for part in re.split(r", (?![^(]*\))", clauses)))


def test_a_new_database_made_either_way_is_the_same(empty_app: Flask) -> None:
    """`create_all` and the migrations make the same schema, checks, triggers and view included."""
    with writer() as conn, conn.begin():
        metadata.create_all(conn)
    made = schema(reader())
    assert guard.is_intact(reader())
    with writer() as conn, conn.begin():
        conn.exec_driver_sql("DROP VIEW claim_readable")
        metadata.drop_all(conn)
    database.close(empty_app)
    upgrade()
    assert schema(reader()) == made
    assert guard.is_intact(reader())


def test_migrations_go_up_and_down_with_data(empty_app: Flask) -> None:
    """A used database goes down to nothing and up again, and works as before (SecureDrop's four tests)."""
    upgrade()
    clinic_id = load_setup(SAMPLE.read_text(), MORNING)
    clinic = _loaded(clinic_id)
    transaction(clinic_id, MORNING, lambda conn: book_room(conn, clinic))
    assert len(stored_claims()) == 1
    database.close_reader()
    downgrade(revision="base")
    assert table_names() == ["alembic_version"]
    assert inspect(reader()).get_view_names() == []
    database.close(empty_app)
    upgrade()
    assert reader().execute(select(func.count()).select_from(claim)).scalar_one() == 0
    again = load_setup(SAMPLE.read_text(), MORNING)
    transaction(again, MORNING, lambda conn: book_room(conn, _loaded(again)))
    assert len(stored_claims()) == 1


def _loaded(clinic_id: int) -> Clinic:
    from booking.records.setup import load_clinic

    return load_clinic(reader(), clinic_id)


def test_upgrading_twice_changes_nothing(any_app: Flask, clinic: Clinic) -> None:
    """A database at the newest migration is left as it is, data included."""
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    before = schema(reader())
    upgrade()
    assert schema(reader()) == before
    assert len(stored_claims()) == 1


def test_k16_a_migration_that_fails_half_way_leaves_nothing(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a migration is one transaction on SQLite, too: it can simply be run again."""
    monkeypatch.setattr(
        "alembic.operations.Operations.execute", lambda *_: (_ for _ in ()).throw(KeyError("power cut"))
    )
    with pytest.raises(KeyError):
        upgrade()
    assert table_names() == []
    monkeypatch.undo()
    upgrade()
    assert "claim" in table_names()
    assert guard.is_intact(reader())


@pytest.mark.postgresql
def test_a_migration_gives_up_at_a_long_lock(
    pg_app: Flask, inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than stopping every booking behind it, a migration that must wait fails."""
    monkeypatch.setattr(database, "MIGRATION_LOCK_SECONDS", 1)
    with psycopg.connect(pg_app.config["SQLALCHEMY_DATABASE_URI"]) as other:
        other.execute("SELECT * FROM clinic FOR UPDATE")
        with pytest.raises(Busy):
            downgrade(revision="base")
    assert "clinic" in table_names()


@pytest.mark.postgresql
def test_two_migrations_do_not_run_at_once(
    pg_app: Flask, inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for the first, and gives up in time."""
    monkeypatch.setattr(database, "MIGRATION_LOCK_SECONDS", 1)
    with psycopg.connect(pg_app.config["SQLALCHEMY_DATABASE_URI"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [database.MIGRATION_KEY])
        with pytest.raises(Busy):
            upgrade()


def test_rebuilding_the_table_loses_the_guard_and_install_restores_it(app: Flask, clinic: Clinic) -> None:
    """Alembic's batch mode drops the triggers silently: start-up notices, ``install`` repairs (D3)."""
    from alembic.operations import Operations

    with writer() as conn, conn.begin():
        conn.exec_driver_sql("DROP VIEW claim_readable")
        operations = Operations(MigrationContext.configure(conn))
        with operations.batch_alter_table("claim", recreate="always") as batch:
            batch.alter_column("expires", new_column_name="expires")
    assert not guard.is_intact(reader())
    with writer() as conn, conn.begin():
        guard.install(conn)
    assert guard.is_intact(reader())


def test_migrations_need_nothing_of_the_program_but_the_guard() -> None:
    """A migration stays as it was written: it imports no tables or types, at most ``guard.install``."""
    for path in MIGRATIONS.glob("*.py"):
        imports = re.findall(r"^ *((?:from|import) booking.*)$", path.read_text(), re.MULTILINE)
        assert set(imports) <= {"from booking.records import guard"}, path.name


def test_the_migrations_can_be_written_as_a_script(
    empty_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """`flask db upgrade --sql` prints the statements, guard included, and runs none."""
    upgrade(sql=True)
    script = capsys.readouterr().out
    words = (
        "CREATE TRIGGER" if empty_app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "EXCLUDE"
    )
    assert f"{words} " in script
    assert script.rstrip().endswith("COMMIT;")
    assert table_names() == []


def test_revisions_form_one_line() -> None:
    """From an empty database to the newest revision there is exactly one way."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS.parent))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"
