"""The databases of the benchmarks: 50,000 and 1,000,000 stored visits, made once a day and migration."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from bench.clinic import generated_clinic
from bench.history import Placed, year
from bench.servers import SECRET_KEY
from bench.store import store
from booking import clock
from booking.actions.clinics import get_clinic
from booking.actions.set_up import load_setup
from booking.factory import create_app
from booking.records import database
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_wall
from config import ROOT, read_settings

FOLDER = ROOT / "instance" / "bench"
VISITS_A_YEAR = 50_000
SIZES = {"none": 0, "50k": 1, "200k": 4, "1m": 20}


@dataclass(frozen=True)
class Stored:
    """A filled database."""

    engine: str
    size: str
    url: str

    def change(self) -> Callable[[], object]:
        """Return what counts the clinic's changes up, so that kept answers are old."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        conn = engine.connect()
        bump = text("UPDATE clinic SET changes = changes + 1")
        return lambda: conn.execute(bump)


def today() -> date:
    """Return the clinic's present date."""
    return to_wall(clock.now(), "America/Vancouver").date()


def sqlite(size: str) -> Stored:
    """Return the SQLite database of a size, made today."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{size}-{today()}-{_tables()}.db"
    url = f"sqlite:///{path}"
    if not path.exists():
        for old in FOLDER.glob(f"{size}-*"):
            old.unlink()
        part = path.with_suffix(".part")
        _fill(f"sqlite:///{part}", SIZES[size])
        part.rename(path)
    return Stored("SQLite", size, url)


def postgresql(size: str) -> Stored | None:
    """Return the PostgreSQL database of a size, made today; None where no server answers."""
    server = _server()
    name = f"booking_bench_{size}_{today():%Y%m%d}_{_tables()}"
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None
    with admin:
        like = f"booking_bench_{size}_%"
        found = {
            row[0] for row in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
        }
        if name not in found:
            for old in found:
                admin.execute(f'DROP DATABASE "{old}"')
            admin.execute(f'CREATE DATABASE "{name}_part"')
            _fill(url + "_part", SIZES[size])
            admin.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')
    return Stored("PostgreSQL", size, url)


@contextmanager
def scratch(stored: Stored) -> Iterator[Stored]:
    """Give a copy to book in, so that the next run finds what this one found."""
    url = make_url(stored.url)
    if stored.engine == "SQLite":
        path = FOLDER / "scratch.db"
        for old in FOLDER.glob("scratch.db*"):
            old.unlink()
        shutil.copyfile(str(url.database), path)
        yield replace(stored, url=f"sqlite:///{path}")
        return
    name = "booking_bench_scratch"
    with psycopg.connect(_server(), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
        with psycopg.connect(url.set(database=name).render_as_string(False), autocommit=True) as copy:
            copy.execute("VACUUM ANALYZE")
        yield replace(stored, url=url.set(database=name).render_as_string(hide_password=False))
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _tables() -> str:
    """Return the newest migration: a database of older tables is made anew."""
    return max(path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))[:4]


def _server() -> str:
    return os.environ.get("TEST_POSTGRES_URL") or "postgresql://127.0.0.1:5432/postgres"


def _fill(url: str, years: int) -> None:
    from flask_migrate import upgrade

    app = create_app(read_settings({"SECRET_KEY": SECRET_KEY, "DATABASE_URL": url}, Path(FOLDER)))
    with app.app_context():
        upgrade()
        load_setup(generated_clinic(), clock.now())
        clinic = get_clinic(None)
        database.close(app)
        if years:
            store(url, clinic, _visits(clinic), years)


_year: list[Placed] = []


def _visits(clinic: Clinic) -> list[Placed]:
    """Return the year; resource ids are the same in every database, made in the same order."""
    if not _year:
        _year.extend(year(clinic, today() + timedelta(days=90), VISITS_A_YEAR))
    return _year
