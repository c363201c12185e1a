"""Whole databases for tests of backups and moves: filled, and compared row by row."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import Result
from flask import Flask
from sqlalchemy import text

from booking import clock
from booking.actions.clinics import get_clinic
from booking.actions.demo import fill
from booking.house import house
from booking.records import copying, elsewhere
from booking.records.copying import Content
from booking.records.database import writer
from booking.records.schema import metadata
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD = """
UPDATE patient SET name = 'O''Hara "𝒵" ਜਸਪ੍ਰੀਤ \\n \\\\N', merged_into_id = (SELECT max(id) FROM patient)
 WHERE id = (SELECT min(id) FROM patient)
"""


@contextmanager
def filled(url: str, folder: Path) -> "Iterator[Flask]":
    """Give the application on a database with three days of visits, by the real clock."""
    with databases.opened(url, folder, clock.now) as app:
        with app.app_context():
            fill(
                get_clinic(None), seed=4, days=1, now=clock.now() - timedelta(minutes=1), vault=house().vault
            )
            with writer() as conn, conn.begin():
                conn.execute(text(ODD))  # a record that refers to a later one
        yield app


def contents(url: str, folder: Path) -> dict[str, Content]:
    """Return count and checksum of every table of a database."""
    with elsewhere.opened(url, folder) as engine, elsewhere.snapshot(engine) as conn:
        return {table.name: copying.content_of(conn, table) for table in metadata.sorted_tables}


def run(app: Flask, *words: str | Path) -> Result:
    """Run a flask command."""
    return app.test_cli_runner().invoke(args=[str(word) for word in words])
