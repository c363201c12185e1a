"""``flask move-database``: from one engine to the other and back, all of it or nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, text

from booking import clock
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.house import house
from booking.records import backups, copying, elsewhere
from booking.records.copying import Unfit
from booking.records.database import writer
from booking.scheduling.timeline import wall
from tests import databases
from tests.cli import multiplied, wholes
from tests.races import rounds
from tests.races.sizes import SLOW

pytestmark = pytest.mark.postgresql

VISITS = 60_000 if SLOW else 60
PROMISED_SECONDS = 300
HOLD = """
INSERT INTO hold (clinic_id, kind, service_id, practitioner_id, room_id, starts, ends, companion,
 expires_at, first_held_at)
SELECT clinic_id, 'online', service_id, practitioner_id, room_id, starts, ends, companion,
 created_at, created_at FROM appointment ORDER BY id LIMIT 1
"""
TWIST = """
CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name = ''x''; RETURN NEW; END';
CREATE TRIGGER twist BEFORE INSERT ON patient FOR EACH ROW EXECUTE FUNCTION twist()
"""


@pytest.fixture
def used(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A clinic in use on SQLite; its last hold has gone."""
    with wholes.filled(sqlite_url, tmp_path) as app:
        with app.app_context(), writer() as conn, conn.begin():
            for _ in range(3):
                conn.execute(text(HOLD))
            conn.execute(text("DELETE FROM hold"))
            conn.execute(text("UPDATE message SET snapshot = 'null' WHERE id = 1"))  # JSON's null
        yield app


@pytest.fixture
def server_url(pg_server: str) -> Iterator[str]:
    """The URL of an empty database on PostgreSQL."""
    with databases.postgresql_database(pg_server) as url:
        yield url


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_l6_there_and_back_nothing_differs(
    used: Flask,
    sqlite_url: str,
    server_url: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """L6: 60,000 visits (60 in short) move to PostgreSQL and back within five minutes each; all is there."""
    with used.app_context(), writer() as conn, elsewhere.keys_checked_at_the_end(conn), conn.begin():
        multiplied.multiply(conn, VISITS)
        given = conn.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'hold'")).scalar_one()
    before = wholes.contents(sqlite_url, tmp_path)
    assert before["appointment"].rows >= VISITS
    for source, target in ((sqlite_url, server_url), (server_url, "sqlite:///back.db")):
        done = wholes.run(used, "move-database", source, target)
        assert done.exit_code == 0, done.output
        assert "Counts and checksums of every table are equal, and the guard is on." in done.output
        record_property(f"L6 {source.partition(':')[0]}", done.output.splitlines()[0])
        assert not SLOW or float(done.output.split()[2]) <= PROMISED_SECONDS
        assert wholes.contents(target, tmp_path) == before
    for url in (server_url, databases.sqlite_url(tmp_path / "back.db")):
        with databases.opened(url, tmp_path, clock.now) as moved:
            checked = wholes.run(moved, "doctor")
            assert checked.exit_code == 0, checked.output
            assert number_of_a_new_hold(moved) == given + 1


def number_of_a_new_hold(app: Flask) -> int:
    """Return the number that the database gives to a hold: one that no page has ever named."""
    with app.app_context():
        book_next_free(app)
        with writer() as conn, conn.begin():
            conn.execute(text(HOLD))
            return int(conn.execute(text("SELECT max(id) FROM hold")).scalar_one())


def book_next_free(app: Flask) -> None:
    """Book a visit: every table that it writes to numbers its rows rightly."""
    clinic, now = get_clinic(None), clock.now()
    first = now.date()
    found = offer(clinic, Question("needle-followup", first, first + timedelta(days=14)), now)
    start = wall(next(iter(found.slots()))[0])
    book(clinic, rounds.request("needle-followup", start, None, "New"), rounds.STAFF, now, house().vault)


def test_a_database_in_use_is_not_overwritten(
    used: Flask, sqlite_url: str, pg_url: str, tmp_path: Path
) -> None:
    """A target that holds rows is refused, whichever engine; so is the source itself."""
    before = wholes.contents(pg_url, tmp_path)
    for source, target in ((sqlite_url, pg_url), (pg_url, sqlite_url), (sqlite_url, sqlite_url)):
        refused = wholes.run(used, "move-database", source, target)
        assert refused.exit_code == 1
        assert "holds data already: 1 clinic, " in refused.output
    assert wholes.contents(pg_url, tmp_path) == before


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("sqlite:///nowhere.db", "There is no database at sqlite:///"),
        ("nonsense", "That is no database's address"),
        ("sqlite://", "A database in memory ends with this command"),
        ("mysql://desk:secret@127.0.0.1/clinic", "it must begin with sqlite:/// or postgresql://"),
        (
            "postgresql://desk:secret@127.0.0.1:1/clinic",
            "the database does not answer or is being written to",
        ),
    ],
)
def test_an_address_that_is_none_is_one_line(app: Flask, tmp_path: Path, source: str, says: str) -> None:
    """A source that is not there is told in one line, without its password, and no file is made."""
    refused = wholes.run(app, "move-database", source, "sqlite:///new.db")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert says in refused.output
    assert "secret" not in refused.output
    assert not (tmp_path / "new.db").exists()
    assert not (tmp_path / "nowhere.db").exists()


def test_a_database_of_another_version_is_not_moved(app: Flask, tmp_path: Path) -> None:
    """Tables that this program does not know are not copied half-understood."""
    with closing(sqlite3.connect(tmp_path / "old.db")) as conn:
        conn.execute("CREATE TABLE patient (name TEXT)")
    refused = wholes.run(app, "move-database", "sqlite:///old.db", "sqlite:///new.db")
    assert (refused.exit_code, "run `flask --app wsgi db upgrade`" in refused.output) == (1, True)


def test_what_does_not_fit_stops_all_of_it(
    used: Flask, sqlite_url: str, server_url: str, tmp_path: Path
) -> None:
    """A row that PostgreSQL refuses is named by its table, not by what it holds; no table is left behind."""
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as conn, conn:
        conn.execute("UPDATE message SET kind = 'Mei Lin, a kind that is longer than 24 letters'")
    stopped = wholes.run(used, "move-database", sqlite_url, server_url)
    assert stopped.exit_code == 1
    assert "A row of the table message does not fit (StringDataRightTruncation)." in stopped.output
    assert "Mei Lin" not in stopped.output
    with psycopg.connect(server_url) as conn:
        assert conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_what_was_not_written_as_read_stops_all_of_it(
    used: Flask, sqlite_url: str, server_url: str, tmp_path: Path
) -> None:
    """The checksum of what was read is compared with what the new database says, before the commit."""
    with pytest.MonkeyPatch.context() as patch, used.app_context():
        migrate = elsewhere.migrate

        def migrate_and_twist(conn: Connection) -> None:
            migrate(conn)
            conn.exec_driver_sql(TWIST)

        patch.setattr(elsewhere, "migrate", migrate_and_twist)
        with pytest.raises(Unfit, match="patient was not written as it was read"):
            backups.move(sqlite_url, server_url, tmp_path)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nobody_can_change_what_is_being_moved(
    used: Flask,
    engine: str,
    sqlite_url: str,
    server_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A booking that came in during the move would be lost: it is refused at the old database."""
    source, target = sqlite_url, "sqlite:///third.db"
    if engine == "postgresql":
        assert wholes.run(used, "move-database", sqlite_url, server_url).exit_code == 0
        source = server_url
    numbers, refused = copying.last_numbers, []

    def try_to_write(conn: Connection) -> dict[str, int]:
        refused.append(is_refused(source, tmp_path))
        return numbers(conn)

    monkeypatch.setattr(copying, "last_numbers", try_to_write)
    assert wholes.run(used, "move-database", source, target).exit_code == 0
    assert refused == [True]
    monkeypatch.undo()
    assert not is_refused(source, tmp_path)


def is_refused(url: str, folder: Path) -> bool:
    """Say whether a writer that waits for a moment only is refused."""
    statement = "UPDATE message SET attempts = attempts"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(folder / "clinic.db", timeout=0.1)) as conn, conn:
            try:
                conn.execute(statement)
            except sqlite3.OperationalError:
                return True
            return False
    with psycopg.connect(url, options="-c lock_timeout=100ms") as server:
        try:
            server.execute(statement)
        except psycopg.errors.LockNotAvailable:
            return True
        return False
