"""Backups of the application's database, of either engine, for either engine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from booking.records import archive, copying, elsewhere
from booking.records.archive import DAMAGED, Label
from booking.records.copying import Unfit


def write(path: Path, now: datetime) -> Label:
    """Write a backup of this instant to ``path``; the program goes on meanwhile.

    Raises:
        Unfit: the database lacks the newest migration, or ``path`` is something else already.
        Busy: the database cannot be reached.
        OSError: the file cannot be written.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".backup-") as made:  # only its owner can look into it
        plain, sealed = Path(made) / "clinic.db", Path(made) / "sealed"
        label = _copy(plain, now)
        _check(plain)
        archive.seal(plain, sealed, label)
        archive.put_in_place(sealed, path)
    return label


def _copy(plain: Path, now: datetime) -> Label:
    elsewhere.make_private(plain)
    engine = elsewhere.own()
    with (
        elsewhere.opened(elsewhere.of_file(plain), plain.parent) as file,
        elsewhere.snapshot(engine) as source,
    ):
        revision = elsewhere.need_newest(source)
        with elsewhere.replacing(file, may_drop=False) as target:
            rows = copying.copy_rows(source, target)
    return Label(now.isoformat(), revision, engine.dialect.name, rows)


def _check(plain: Path) -> None:
    """Make one file of a database and its log, and let SQLite look through it.

    Raises:
        Unfit: SQLite finds fault.
    """
    with closing(sqlite3.connect(plain)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
        if conn.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Unfit(DAMAGED)


def restore(path: Path, folder: Path, *, may_drop: bool) -> Label:
    """Put a backup in the place of the application's database, all of it or nothing.

    Args:
        path: the backup.
        folder: where it is unpacked for a while; only its owner may look into it.
        may_drop: whether data that the database holds may be thrown away.

    Raises:
        Unfit: damaged, foreign or newer than this program, or the database holds data.
        Busy: the database cannot be reached.
        OSError: the file cannot be read, or there is no room to unpack it.
    """
    with (
        _unpacked(path, folder) as (plain, label),
        elsewhere.opened(elsewhere.of_file(plain), folder) as file,
        elsewhere.brought_up_to_date(file) as source,
        elsewhere.replacing(elsewhere.own(), may_drop=may_drop) as target,
    ):
        copying.copy_rows(source, target)
    return label


@contextmanager
def _unpacked(path: Path, folder: Path) -> Iterator[tuple[Path, Label]]:
    with TemporaryDirectory(dir=folder, prefix=".restore-") as made:
        plain = Path(made) / "clinic.db"
        label = archive.unseal(path, plain)
        _check(plain)
        yield plain, label


def move(source_url: str, target_url: str, folder: Path) -> dict[str, int]:
    """Copy a database into an empty one of either engine; return how many rows each table has.

    Nobody can change the source until all of it has been copied.

    Args:
        source_url: where it lies, as DATABASE_URL is written.
        target_url: where it shall lie.
        folder: where a relative SQLite path begins.

    Raises:
        Unfit: the source is not ours or not up to date, or the target holds data.
        Busy: one of them cannot be reached, or is being written to.
    """
    with (
        elsewhere.opened(source_url, folder, must_exist=True) as from_engine,
        elsewhere.opened(target_url, folder) as to_engine,
    ):
        with elsewhere.snapshot(from_engine) as source:
            elsewhere.need_newest(source)
        with elsewhere.snapshot(to_engine) as target:
            elsewhere.refuse_data(target)  # the usual mistake is told before anybody has to wait
        with (
            elsewhere.frozen(from_engine) as source,
            elsewhere.replacing(to_engine, may_drop=False) as target,
        ):
            return copying.copy_rows(source, target)
