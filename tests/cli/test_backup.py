"""``flask backup`` and ``flask restore``: everything comes back, on either engine, or nothing happens."""

import gzip
import json
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import text

from booking import clock
from booking.records import archive, copying
from booking.records.copying import Unfit
from booking.records.database import writer
from tests import databases
from tests.cli import wholes

TRAIL = (
    "INSERT INTO audit (clinic_id, at, actor, action)"
    " SELECT id, '2026-11-23 15:00:00.000000', 'desk', 'look' FROM clinic"
)
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=ENGINES)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A clinic in use, on each engine."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url")
    with wholes.filled(url, tmp_path) as app:
        yield app


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The program on a database without a table, on the engine that the source is not on."""
    if "postgresql" in request.node.name:
        with databases.opened(databases.sqlite_url(tmp_path / "new.db"), tmp_path / "new", clock.now) as app:
            yield app
        return
    server = request.getfixturevalue("pg_server")
    with (
        databases.postgresql_database(server) as url,
        databases.opened(url, tmp_path / "new", clock.now) as app,
    ):
        yield app


@pytest.fixture
def backup(app: Flask, tmp_path: Path) -> Path:
    """A backup of the sample clinic."""
    assert wholes.run(app, "backup", tmp_path / "a.backup").exit_code == 0
    return tmp_path / "a.backup"


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def test_everything_comes_back_on_either_engine(source: Flask, empty: Flask, tmp_path: Path) -> None:
    """A backup of each engine, restored into the other: every row is there, and the doctor is content."""
    written = wholes.run(source, "backup", tmp_path / "a.backup")
    assert written.exit_code == 0, written.output
    done = wholes.run(empty, "restore", tmp_path / "a.backup")
    assert done.exit_code == 0, done.output
    before = wholes.contents(url_of(source), tmp_path)
    assert wholes.contents(url_of(empty), tmp_path) == before
    assert before["appointment"].rows >= 20
    assert before["audit"].rows >= 20
    checked = wholes.run(empty, "doctor")
    assert checked.exit_code == 0, checked.output
    assert "ok     guard: the database refuses overlapping claims" in checked.output


def test_p12_a_backup_is_for_its_owner_only(app: Flask, tmp_path: Path) -> None:
    """P12: whatever the umask, the file has mode 0600, and nothing else is left beside it."""
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        assert wholes.run(app, "backup", folder / "a.backup").exit_code == 0
    finally:
        os.umask(before)
    assert [path.name for path in folder.iterdir()] == ["a.backup"]
    assert (folder / "a.backup").stat().st_mode & 0o777 == 0o600


def test_a_backup_can_be_opened_by_hand(backup: Path) -> None:
    """Behind three readable lines lies a compressed SQLite database, as documents promise."""
    magic, label, digest, packed = backup.read_bytes().split(b"\n", 3)
    assert magic == b"clinic-booking backup 1"
    assert json.loads(label)["rows"]["service"] == 10
    assert len(digest) == 64
    plain = backup.with_suffix(".db")
    plain.write_bytes(gzip.decompress(packed))
    with closing(sqlite3.connect(plain)) as conn:
        assert conn.execute("SELECT code FROM clinic").fetchall() == [("synergy",)]


def damaged(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield a backup with one bit turned, at the places that matter and at many others."""
    places = [*range(0, 700, 7), *(chance.randrange(len(whole)) for _ in range(150)), len(whole) - 1]
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= 1 << chance.randrange(8)
        yield bytes(broken)
    for length in (0, 1, 24, 25, 300, len(whole) // 2, len(whole) - 1):
        yield whole[:length]
    yield whole + b"\0"


def test_a_damaged_file_is_refused(backup: Path, tmp_path: Path) -> None:
    """One bit turned anywhere, a missing end, one byte too many: it is noticed before anything is written."""
    whole = backup.read_bytes()
    broken = tmp_path / "broken"
    for number, content in enumerate(damaged(whole, random.Random(12))):
        broken.write_bytes(content)
        with pytest.raises(Unfit):
            archive.unseal(broken, tmp_path / f"plain-{number}")
        assert not (tmp_path / f"plain-{number}").exists()
    archive.unseal(backup, tmp_path / "plain")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This is not a backup made by `flask backup`."),
        (b"PGDMP\x01\x0e", "This is not a backup made by `flask backup`."),
        (b"SQLite format 3\0" + bytes(100), "`flask move-database` copies one into another."),
        (archive.MAGIC + b"{}\n" + b"0" * 64, "This backup is damaged"),
        (None, "No such file or directory."),
    ],
)
def test_a_foreign_file_is_refused_in_one_line(
    app: Flask, tmp_path: Path, content: bytes | None, says: str
) -> None:
    """What is no backup is told in one line with exit code 1, and the database stays as it is."""
    before = wholes.contents(url_of(app), tmp_path)
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    done = wholes.run(app, "restore", "--replace", tmp_path / "file")
    assert done.exit_code == 1
    assert done.output.startswith("Error: Nothing was restored: ")
    assert done.output.count("\n") == 1
    assert says in done.output
    assert wholes.contents(url_of(app), tmp_path) == before


def test_a_database_in_use_is_replaced_only_when_told(any_app: Flask, tmp_path: Path) -> None:
    """Data is not thrown away without --replace; with it, what is append only is replaced, too."""
    url = url_of(any_app)
    assert wholes.run(any_app, "backup", tmp_path / "a.backup").exit_code == 0
    before = wholes.contents(url, tmp_path)
    with any_app.app_context(), writer() as conn, conn.begin():
        conn.execute(text(TRAIL))
    in_use = wholes.contents(url, tmp_path)
    refused = wholes.run(any_app, "restore", tmp_path / "a.backup")
    assert refused.exit_code == 1
    assert "holds data already: 1 clinic, " in refused.output
    assert wholes.contents(url, tmp_path) == in_use
    assert wholes.run(any_app, "restore", "--replace", tmp_path / "a.backup").exit_code == 0
    assert wholes.contents(url, tmp_path) == before != in_use


def test_a_restore_that_fails_half_way_changes_nothing(
    any_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a restore is one transaction: what was there is there afterwards."""
    url = url_of(any_app)
    assert wholes.run(any_app, "backup", tmp_path / "a.backup").exit_code == 0
    before = wholes.contents(url, tmp_path)
    monkeypatch.setattr(copying, "set_last_numbers", lambda *_: (_ for _ in ()).throw(OSError(5, "", "disk")))
    assert wholes.run(any_app, "restore", "--replace", tmp_path / "a.backup").exit_code == 1
    assert wholes.contents(url, tmp_path) == before
    assert list(tmp_path.glob(".restore-*")) == []


def test_a_name_that_is_taken_by_something_else_is_left_alone(
    app: Flask, backup: Path, tmp_path: Path
) -> None:
    """An older backup of that name is replaced whole; any other file is not touched."""
    backup.write_bytes(backup.read_bytes()[:100])
    assert wholes.run(app, "backup", backup).exit_code == 0
    archive.unseal(backup, tmp_path / "plain")
    (tmp_path / "letter").write_text("Dear clinic")
    done = wholes.run(app, "backup", tmp_path / "letter")
    assert (done.exit_code, "exists and is not a backup" in done.output) == (1, True)
    assert (tmp_path / "letter").read_text() == "Dear clinic"
    assert list(tmp_path.glob(".backup-*")) == []


def test_a_folder_that_is_not_there_is_told(app: Flask, tmp_path: Path) -> None:
    """What cannot be written is told in one line."""
    done = wholes.run(app, "backup", tmp_path / "nowhere" / "a.backup")
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {tmp_path / 'nowhere' / 'a.backup'} was not written: ")
    assert done.output.endswith("No such file or directory.\n")


def relabelled(app: Flask, folder: Path, revision: str) -> Path:
    """Return a backup made of the application's file as it is, as another version would have made it."""
    with closing(sqlite3.connect(folder / "clinic.db")) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    archive.seal(folder / "clinic.db", folder / "old.backup", archive.Label("2026", revision, "sqlite", {}))
    return folder / "old.backup"


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    sqlite_app: Flask, empty: Flask, tmp_path: Path
) -> None:
    """A backup from before the newest migrations is migrated on its way in."""
    with sqlite_app.app_context():
        downgrade(revision="0001")
        databases.database.close(sqlite_app)
    done = wholes.run(empty, "restore", relabelled(sqlite_app, tmp_path, "0001"))
    assert done.exit_code == 0, done.output
    checked = wholes.run(empty, "doctor")
    assert checked.exit_code == 0, checked.output
    assert "at 0001" not in checked.output


def test_a_backup_of_a_newer_version_is_refused(sqlite_app: Flask, tmp_path: Path) -> None:
    """What this program cannot know is not guessed."""
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    done = wholes.run(sqlite_app, "restore", "--replace", relabelled(sqlite_app, tmp_path, "9999"))
    assert (done.exit_code, "update the program first" in done.output) == (1, True)
    refused = wholes.run(sqlite_app, "backup", tmp_path / "b.backup")
    assert (refused.exit_code, "run `flask --app wsgi db upgrade`" in refused.output) == (1, True)
