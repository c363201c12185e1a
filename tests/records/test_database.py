"""Connections: cheap reads that are never stale, safe over forks and lost servers (D5, D7)."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, delete, select

from booking.records import database
from booking.records.database import engine_options, reader, reading
from booking.records.schema import db
from booking.records.setup import stamp
from booking.records.tables import claim
from booking.records.tables import clinic as clinic_table
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Busy
from tests.databases import MORNING, Clock, opened, sqlite_url
from tests.records.work import book_room, statements, stored_claims

CHANGE = """
import sys
url = sys.argv[1]
if url.startswith("sqlite"):
    import sqlite3
    conn = sqlite3.connect(url.removeprefix("sqlite:///"))
else:
    import psycopg
    conn = psycopg.connect(url)
conn.execute("UPDATE clinic SET changes = changes + 1")
conn.commit()
conn.close()
"""


def test_the_stamp_sees_another_process_at_once_in_one_statement(any_app: Flask, clinic: Clinic) -> None:
    """What another process has committed is read by the very next statement."""
    before = stamp(clinic.id)
    for step in (1, 2):
        url = any_app.config["SQLALCHEMY_DATABASE_URI"]
        subprocess.run([sys.executable, "-c", CHANGE, url], check=True, timeout=60)
        with statements() as sent:
            assert stamp(clinic.id) == (before.setup, before.changes + step)
        assert len(sent) == 1


def test_the_reader_is_kept_per_thread(any_app: Flask, clinic: Clinic) -> None:
    """A thread reads through one connection, another thread through another."""
    with any_app.app_context():
        mine = reader()
        assert reader() is mine
        found = []

        def read() -> None:
            with any_app.app_context():
                found.append(reader() is mine)
                found.append(stored_claims())
                database.close_reader()

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(10)
        assert found == [False, []]


def test_the_reader_holds_no_transaction_open(any_app: Flask, clinic: Clinic) -> None:
    """A kept connection keeps nobody waiting and no old state: nothing is begun for a read."""
    assert stored_claims() == []
    driver = reader().connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        assert not driver.in_transaction
    else:
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    assert len(stored_claims()) == 1


def test_a_thread_that_changes_the_application_reads_the_new_one(
    app: Flask, clinic: Clinic, tmp_path: Path, clock: Clock
) -> None:
    """The kept connection belongs to the application whose context is open."""
    assert stored_claims() == []
    with opened(sqlite_url(tmp_path / "other.db"), tmp_path, clock) as other, other.app_context():
        assert reader().exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
    assert stored_claims() == []


def test_sqlite_is_set_up_for_durability(sqlite_app: Flask, clinic: Clinic) -> None:
    """Write-ahead log, synchronous FULL, foreign keys and a bounded wait, on every connection."""
    with database.writer() as writing:
        for conn in (reader(), writing):
            found = {
                name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
            assert found == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "busy_timeout": 14000,
            }


@pytest.mark.postgresql
def test_postgresql_connections_give_up_in_time_and_may_only_read(pg_app: Flask, clinic: Clinic) -> None:
    """No statement and no wait for a lock outlives a web request."""
    names = ("statement_timeout", "lock_timeout", "default_transaction_read_only", "application_name")
    found = {name: reader().exec_driver_sql(f"SHOW {name}").scalar_one() for name in names}
    assert found == {
        "statement_timeout": "15s",
        "lock_timeout": "14s",
        "default_transaction_read_only": "on",
        "application_name": "booking",
    }


def test_options_of_a_postgresql_url_are_kept() -> None:
    """What the owner writes into the URL comes after ours and wins."""
    options = engine_options("postgresql://db/clinic?options=-c%20statement_timeout%3D1s")
    assert options["connect_args"]["options"].endswith(" -c statement_timeout=1s")


@pytest.mark.postgresql
def test_k10_a_read_whose_server_goes_away_is_read_again(pg_app: Flask, clinic: Clinic) -> None:
    """``reading`` does its work once more, on a new connection, when the old one dies in the middle."""
    tries: list[int] = []

    def work(conn: object) -> str:
        tries.append(1)
        if len(tries) == 1:
            number = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with psycopg.connect(pg_app.config["SQLALCHEMY_DATABASE_URI"]) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        return conn.execute(select(clinic_table.c.code)).scalar_one()

    assert reading(work) == "synergy"
    assert len(tries) == 2


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/nowhere", "sqlite:////nowhere/at/all/clinic.db"])
def test_a_database_that_cannot_be_reached_is_told_as_busy(url: str, tmp_path: Path, clock: Clock) -> None:
    """Neither a stopped server nor a missing folder shows a driver's error."""
    with opened(url, tmp_path, clock) as app, app.app_context():
        with pytest.raises(Busy):
            stamp(1)
        with pytest.raises(Busy):
            transaction(1, MORNING, lambda _: None)


def test_a_pool_that_is_used_up_is_told_as_busy(
    any_app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More writers at once than connections wait for a while, then are refused calmly."""
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.1)
    monkeypatch.setattr(db.engine.pool, "_max_overflow", 0)
    with ExitStack() as taken, pytest.raises(Busy):
        _write_at_once(taken, 20)
    transaction(clinic.id, MORNING, lambda _: None)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # pytest-xdist has a thread, as servers do
def test_a_forked_process_opens_connections_of_its_own(any_app: Flask, clinic: Clinic) -> None:
    """After a fork, as of a web server, parent and child read and write without disturbing each other."""
    parent = reader()
    number = os.fork()
    if number == 0:  # the child tells by its exit status; no cleaning up of the parent's things
        status = 1
        try:
            fine = reader() is not parent and stored_claims() == []
            transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
            status = 0 if fine and len(stored_claims()) == 1 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == 0
    assert reader() is parent
    assert len(stored_claims()) == 1
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic, 14_000_000))
    assert len(stored_claims()) == 2


@pytest.mark.postgresql
def test_k10_the_server_lets_go_of_a_host_that_is_cut_off(pg_app: Flask, clinic: Clinic) -> None:
    """K10: a silent transaction keeps its lock for 5 seconds, a silent machine its connections for 15."""
    with database.writer() as writing:
        found = {
            name: writing.exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("idle_in_transaction_session_timeout", "tcp_keepalives_idle", "tcp_user_timeout")
        }
    assert list(found.values()) == ["5s", "10", "15000"]


def test_a_restored_file_is_served_after_the_connections_are_closed(
    sqlite_app: Flask, clinic: Clinic
) -> None:
    """``close`` lets go of every idle connection: the file may then be replaced."""
    path = Path(sqlite_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(path.with_suffix(".old"))) as kept:
        source.backup(kept)
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic, 14_000_000))
    assert len(stored_claims()) == 2
    database.close(sqlite_app)
    assert not path.with_name(path.name + "-wal").exists()
    path.with_suffix(".old").replace(path)
    assert len(stored_claims()) == 1


def test_the_log_is_brought_home_by_the_worker_not_by_a_booking(
    sqlite_app: Flask, clinic: Clinic, tmp_path: Path
) -> None:
    """Commits leave the write-ahead log to grow; after ``checkpoint`` its space is used again."""

    def grown_by_commits() -> int:
        before = log.stat().st_size
        for _ in range(400):  # more than the 1,000 pages at which SQLite would do it by itself
            transaction(clinic.id, MORNING, lambda conn: book_and_free(conn, clinic))
        return log.stat().st_size - before

    log = tmp_path / "clinic.db-wal"
    transaction(clinic.id, MORNING, lambda conn: book_and_free(conn, clinic))
    assert grown_by_commits() > 1000 * 4096
    database.checkpoint()
    assert grown_by_commits() < 250 * 4096


def book_and_free(conn: Connection, clinic: Clinic) -> None:
    book_room(conn, clinic)
    conn.execute(delete(claim))


def _write_at_once(taken: ExitStack, writers: int) -> None:
    for _ in range(writers):
        taken.enter_context(database.writer())


def test_a_thread_writes_on_one_connection_until_one_fails(any_app: Flask, clinic: Clinic) -> None:
    """What went well keeps its connection; what failed leaves nothing for the next to trip over."""
    with database.writer() as first:
        pass
    with database.writer() as again, database.writer() as beside:
        assert again is first
        assert beside is not first
    assert beside.closed
    with pytest.raises(KeyError):
        transaction(clinic.id, MORNING, _fail)
    assert first.closed
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    assert len(stored_claims()) == 1


def _fail(_conn: Connection) -> None:
    raise KeyError("a fault in the work")
