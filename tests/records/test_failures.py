"""A database that is locked, full, read-only or gone: told calmly, nothing half-done (D5, K3, K10, K11)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, event, exc, select, update

from booking.records import database
from booking.records.database import reader
from booking.records.schema import db
from booking.records.tables import claim
from booking.records.tables import clinic as clinic_table
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Busy
from tests.databases import MORNING, Clock, opened
from tests.records.rows import AT
from tests.records.work import book_room, stored_claims


@contextmanager
def locked(app: Flask, clinic: Clinic) -> Iterator[None]:
    """Hold the write lock from outside, as a long job at the console would."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as conn:
            conn.execute("BEGIN IMMEDIATE")
            yield
            conn.execute("ROLLBACK")
    else:
        with psycopg.connect(url) as conn:
            conn.execute("SELECT id FROM clinic FOR UPDATE")
            yield


def test_k11_a_locked_database_is_told_as_busy_and_reads_go_on(
    any_app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that cannot get the lock in time gives up calmly; meanwhile reading works."""
    shorten_waiting(monkeypatch)
    with locked(any_app, clinic):
        with pytest.raises(Busy) as refused:
            transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
        assert stored_claims() == []
    assert str(refused.value) == (
        "The booking system is busy just now. Nothing was changed. Please try again in a minute."
    )
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    assert len(stored_claims()) == 1


def shorten_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new connections of this test wait 0.2 seconds for a lock instead of 14."""
    database.close_reader()
    db.engine.dispose()

    def hurry(connection: object, _record: object) -> None:
        pragma = (
            "PRAGMA busy_timeout = 200" if db.engine.dialect.name == "sqlite" else "SET lock_timeout = 200"
        )
        connection.execute(pragma)
        if db.engine.dialect.name != "sqlite":
            connection.commit()

    event.listen(db.engine, "connect", hurry)


def test_a_full_disk_is_told_as_busy_and_room_lets_the_next_one_pass(
    sqlite_app: Flask, clinic: Clinic
) -> None:
    """SQLite's "database or disk is full" changes nothing and needs no restart (K3)."""

    def fill(conn: Connection) -> None:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for day in range(500):
            book_room(conn, clinic, AT + day * 1440)

    pages = reader().exec_driver_sql("PRAGMA page_count").scalar_one()
    with pytest.raises(Busy):
        transaction(clinic.id, MORNING, fill)
    assert stored_claims() == []

    def empty(conn: Connection) -> None:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
        book_room(conn, clinic)

    transaction(clinic.id, MORNING, empty)
    assert len(stored_claims()) == 1


def test_a_read_only_sqlite_file_is_told_as_busy(sqlite_url: str, tmp_path: Path) -> None:
    """A database that cannot be written still answers reads; a booking is refused calmly."""
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true", tmp_path, Clock()) as app, app.app_context():
        clinic_id = reader().execute(select(clinic_table.c.id)).scalar_one()
        with pytest.raises(Busy):
            transaction(clinic_id, MORNING, lambda conn: conn.execute(update(clinic_table).values(code="x")))


@pytest.mark.postgresql
def test_a_postgresql_server_that_takes_no_writes_is_told_as_busy(pg_app: Flask, clinic: Clinic) -> None:
    """A write refused because the transaction may only read is no fault of the program."""

    def work(conn: Connection) -> None:
        conn.exec_driver_sql("SET TRANSACTION READ ONLY")
        conn.execute(update(clinic_table).values(code="x"))

    with pytest.raises(Busy):
        transaction(clinic.id, MORNING, work)


def fail_with(state: str) -> str:
    return f"DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{state}'; END $$"


@pytest.mark.postgresql
@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_a_conflict_is_tried_again_at_most_twice(pg_app: Flask, clinic: Clinic, state: str) -> None:
    """After a deadlock or a serialisation failure the work runs again, three times in all."""
    tries: list[int] = []

    def work(conn: Connection, good_try: int) -> None:
        tries.append(len(tries) + 1)
        book_room(conn, clinic, AT + good_try * 60)
        if tries[-1] != good_try:
            conn.exec_driver_sql(fail_with(state))

    transaction(clinic.id, MORNING, lambda conn: work(conn, 3))
    assert tries == [1, 2, 3]
    assert len(stored_claims()) == 1
    tries.clear()
    with pytest.raises(Busy):
        transaction(clinic.id, MORNING, lambda conn: work(conn, 4))
    assert tries == [1, 2, 3]
    assert len(stored_claims()) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "state", ["55P03", "25P03", "53100", "53200", "53300", "57014", "57P01", "57P03", "58030", "08006"]
)
def test_a_server_in_trouble_is_told_as_busy(pg_app: Flask, clinic: Clinic, state: str) -> None:
    """Locked, full, out of memory, shutting down, unreachable: the same calm answer, nothing changed."""
    with pytest.raises(Busy) as refused:
        transaction(clinic.id, MORNING, lambda conn: conn.exec_driver_sql(fail_with(state)))
    assert refused.value.reason == "database"


@pytest.mark.postgresql
def test_a_fault_of_the_program_stays_what_it_is(pg_app: Flask, clinic: Clinic) -> None:
    """A missing table is not dressed up as a busy database."""
    with pytest.raises(exc.ProgrammingError):
        transaction(clinic.id, MORNING, lambda conn: conn.exec_driver_sql("SELECT * FROM nowhere"))


def hang_up(conn: Connection) -> None:
    """Let the server cut this connection, as at its restart."""
    number = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(str(db.engine.url.render_as_string(hide_password=False))) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [number])


@pytest.mark.postgresql
def test_k10_a_connection_lost_in_the_work_is_tried_again(pg_app: Flask, clinic: Clinic) -> None:
    """A server that goes away before the commit has undone the work, so it is done anew, once."""
    tries: list[int] = []

    def work(conn: Connection) -> None:
        tries.append(1)
        book_room(conn, clinic)
        if len(tries) == 1:
            hang_up(conn)
            conn.exec_driver_sql("SELECT 1")

    transaction(clinic.id, MORNING, work)
    assert len(tries) == 2
    assert len(stored_claims()) == 1


@pytest.mark.postgresql
def test_k10_a_connection_lost_at_the_commit_is_told_as_unconfirmed(pg_app: Flask, clinic: Clinic) -> None:
    """Nobody knows whether such a commit was kept: the work is not done again and the text says so."""
    tries: list[int] = []

    def work(conn: Connection) -> None:
        tries.append(1)
        hang_up(conn)

    with pytest.raises(Busy) as refused:
        transaction(clinic.id, MORNING, work)
    assert (refused.value.reason, len(tries)) == ("unconfirmed", 1)
    assert "Nothing was changed" not in str(refused.value)
    transaction(clinic.id, MORNING, lambda _: None)


@pytest.mark.postgresql
def test_k10_connections_cut_while_idle_are_not_noticed_by_anybody(pg_app: Flask, clinic: Clinic) -> None:
    """After a restart of the server the pool and the kept reader open new connections unasked."""
    transaction(clinic.id, MORNING, lambda _: None)
    reader().execute(select(claim.c.id)).all()
    with psycopg.connect(str(db.engine.url.render_as_string(hide_password=False))) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert reader().execute(select(claim.c.id)).all() == []
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
