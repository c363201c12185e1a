"""Fixtures for every test: the clock, the application on either engine, no network.

``any_app`` runs on both engines, one after the other, ``app`` on the usual one, ``pg_app``
on PostgreSQL, each on a database of its own with the sample clinic loaded. The usual one is
SQLite, or what TEST_ENGINE names. ``clinic`` and ``client`` belong to
whichever of them the test asks for. Asking for ``clinic`` (or ``inside``) opens an
application context for the whole test: a test that sends requests does without.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from booking.scheduling.clinic import Clinic
from tests import databases
from tests.databases import Clock, PostgresqlCopy
from tests.staff import StaffClient, member, sign_in_by

settings.register_profile(
    "house",
    deadline=None,  # two cores shared with whatever else runs
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures that tests have measured (``record_property``)."""
    told = [
        f"{report.nodeid.partition('::')[2]}: {name}: {value}"
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if report.when == "call"
        for name, value in report.user_properties
    ]
    if told:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(told))


CHOOSING = {"any_app", "pg_app", "sqlite_app"}
UNCHOOSING = {"app", "app_with", "usual_url", "client", "staff_client", "inside"}  # of one test
UNCHOOSING |= {"one_url", "one_app", "one_visit"}  # of all tests in a file


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run on the usual engine only."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & UNCHOOSING and not names & CHOOSING:
            item.add_marker("usual_engine")


LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection and name look-up that would leave this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def refuse(host: object) -> None:
        if isinstance(host, str | bytes) and not str(host).strip("b'").startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {host!r}: tests stay on this machine")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(address[0])
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(host)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture
def clock() -> Clock:
    """The clock of ``app``: Monday 23 November 2026, 08:00 in Vancouver, until ``clock.at`` is set."""
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file, migrated, with the sample clinic."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "clinic.db"
    databases.migrate_and_load(databases.sqlite_url(path), folder)
    return path


@pytest.fixture(scope="session")
def pg_server() -> str:
    """The URL of a PostgreSQL server on which databases can be made."""
    return databases.need_postgresql()


@pytest.fixture(scope="session")
def pg_copy(pg_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlCopy]:
    """A PostgreSQL database, migrated, with the sample clinic; its rows are put back after each test."""
    with databases.postgresql_database(pg_server) as template_url:
        databases.migrate_and_load(template_url, tmp_path_factory.mktemp("template"))
        copy = PostgresqlCopy(pg_server, template_url)
        yield copy
        copy.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of this test's own SQLite database."""
    databases.copy_sqlite(sqlite_template, tmp_path / "clinic.db")
    return databases.sqlite_url(tmp_path / "clinic.db")


@pytest.fixture
def pg_url(pg_copy: PostgresqlCopy) -> Iterator[str]:
    """The URL of this test's own PostgreSQL database."""
    yield pg_copy.url
    pg_copy.restore()


@pytest.fixture
def usual_url(request: pytest.FixtureRequest) -> str:
    """The URL of this test's own database on the usual engine: that of ``app``."""
    found: str = request.getfixturevalue("sqlite_url" if databases.ENGINE == "sqlite" else "pg_url")
    return found


@pytest.fixture
def app(usual_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application on the usual engine."""
    with databases.opened(usual_url, tmp_path, clock) as opened:
        yield opened


class Furnish(Protocol):
    """Give the application with other settings."""

    def __call__(self, **environ: str) -> Flask:
        """Return one more application on this test's database, with the settings of ``environ`` on top."""


@pytest.fixture
def app_with(usual_url: str, tmp_path: Path, clock: Clock) -> Iterator[Furnish]:
    """Make the application with other settings: ``app_with(RATE_LIMITS="off")``."""
    with ExitStack() as stack:
        yield lambda **environ: stack.enter_context(databases.opened(usual_url, tmp_path, clock, **environ))


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application on SQLite."""
    with databases.opened(sqlite_url, tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def pg_app(pg_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application on PostgreSQL."""
    with databases.opened(pg_url, tmp_path, clock) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The application, once on each engine."""
    found: Flask = request.getfixturevalue("sqlite_app" if request.param == "sqlite" else "pg_app")
    return found


def _asked_for(request: pytest.FixtureRequest) -> Flask:
    name = next((name for name in ("any_app", "pg_app", "sqlite_app") if name in request.fixturenames), "app")
    found: Flask = request.getfixturevalue(name)
    return found


@pytest.fixture
def inside(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application that the test asks for, with its context open."""
    app = _asked_for(request)
    with app.app_context():
        yield app


@pytest.fixture
def clinic(inside: Flask) -> Clinic:
    """The sample clinic as loaded; the application's context is open."""
    from booking.actions.clinics import get_clinic

    return get_clinic(None)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """A browser without cookies yet."""
    return _asked_for(request).test_client()


@pytest.fixture
def staff_client(request: pytest.FixtureRequest) -> StaffClient:
    """Make a signed-in browser: ``staff_client("reception")``, "practitioner" (Lam's) or "admin"."""
    app = _asked_for(request)

    def signed_in(role: str = "reception", **more: str) -> FlaskClient:
        return sign_in_by(app.test_client(), member(app, role, **more))

    return signed_in
