"""What /readyz and ``flask doctor`` see: each fault turns its own check red, and no other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from booking import clock
from booking.access.vault import Vault
from booking.actions import doctor, health
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.clinics import get_clinic
from booking.actions.look_up import get_visit
from booking.actions.values import Actor, BookRequest
from booking.records.database import writer
from booking.records.schema import db
from booking.scheduling import zone
from tests.databases import MORNING, SECRET_KEY, opened

PATIENT = Actor("patient", "patient")
LASER = BookRequest(
    service="laser-initial",
    start=datetime(2026, 11, 24, 10, 0),
    practitioner=None,
    name="Mei Chen",
    email="mei@mail.test",
    phone=None,
    language=None,
    first_visit=None,
    companion=True,
    safety="ok",
    consent=True,
)


@pytest.fixture
def inside(any_app: Flask) -> Iterator[Flask]:
    """The application on either engine, with its context open for the test."""
    with any_app.app_context():
        yield any_app


def change(statement: str) -> None:
    """Change the database behind the program's back."""
    with writer() as conn, conn.begin():
        conn.execute(text(statement))


def failing(now: datetime = MORNING) -> list[str]:
    return [check.name for check in health.checks(now) if not check.ok]


def says(name: str, now: datetime = MORNING) -> str:
    return next(check.says for check in health.checks(now) if check.name == name)


@pytest.mark.usefixtures("inside")
def test_a_fresh_database_is_healthy(tmp_path: Path) -> None:
    """After migration and sample every check holds, in a fixed order."""
    now = clock.now()  # the real one: PostgreSQL's is compared with it
    found = [*health.checks(now), *doctor.checks(now, tmp_path, None)]
    assert [check.name for check in found if not check.ok] == []
    names = ["zone data", "migrations", "guard", "outbox", "reminders", "clinic", "clock", "disk", "claims"]
    assert [check.name for check in found] == names


@pytest.mark.usefixtures("inside")
def test_e33_stale_zone_data_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """E33: zone data that says -08:00 for January 2027 turns the zone check red and says what to do."""
    monkeypatch.setattr(zone, "offset_text", lambda wall, name: "-08:00")
    assert failing() == ["zone data"]
    assert "mail is held" in says("zone data")


@pytest.mark.usefixtures("inside")
def test_an_old_database_is_reported() -> None:
    """A database behind the program is red; its tables are not asked any further."""
    change("UPDATE alembic_version SET version_num = '0000'")
    assert failing() == ["migrations"]
    assert says("migrations").startswith("the database is at 0000, the program at ")


def test_an_empty_database_is_reported(tmp_path: Path) -> None:
    """Where no migration ever ran, the check says so instead of failing itself."""
    with opened(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, lambda: MORNING) as app, app.app_context():
        assert failing() == ["migrations"]
        assert says("migrations").startswith("the database is at nothing")


def test_a_database_that_cannot_be_reached_is_reported(tmp_path: Path) -> None:
    """An unreachable server is one red check, not an error."""
    url = "postgresql://127.0.0.1:1/nothing"
    with opened(url, tmp_path, lambda: MORNING) as app, app.app_context():
        assert failing() == ["database"]


def test_a_missing_guard_is_reported(inside: Flask) -> None:
    """Without the database's own refusal of overlaps the guard check is red (D3)."""
    if db.engine.dialect.name == "sqlite":
        change("DROP TRIGGER claim_no_overlap_update")
    else:
        change("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap")
    assert failing() == ["guard"]


@pytest.mark.usefixtures("inside")
def test_a_late_message_is_reported() -> None:
    """A message that nobody has taken up for more than 15 minutes turns the outbox red."""
    book(get_clinic(None), LASER, PATIENT, MORNING, Vault(SECRET_KEY))
    due = MORNING + timedelta(minutes=3)
    assert failing(due + timedelta(minutes=15)) == []
    assert failing(due + timedelta(minutes=16)) == ["outbox"]
    assert says("outbox", due + timedelta(minutes=16)).startswith("a message has waited for 16 minutes")


@pytest.mark.usefixtures("inside")
def test_a_wrong_clock_is_reported() -> None:
    """A clock before this program was made, or before what is recorded already, is red."""
    book(get_clinic(None), LASER, PATIENT, MORNING, Vault(SECRET_KEY))
    assert not doctor.clock(datetime(2020, 1, 1, tzinfo=UTC)).ok
    assert "in its future" in doctor.clock(MORNING - timedelta(minutes=3)).says


def test_the_servers_clock_is_compared(pg_app: Flask) -> None:
    """On PostgreSQL a difference of more than two minutes to the server's clock is red."""
    with pg_app.app_context():
        found = doctor.clock(datetime(2100, 1, 1, tzinfo=UTC))
    assert not found.ok
    assert found.says.startswith("the database server's clock differs by -")


@pytest.mark.usefixtures("inside")
def test_a_clinic_that_is_not_set_up_is_reported() -> None:
    """CLINIC that names nothing is told by its name."""
    found = doctor.set_up("elsewhere")
    assert not found.ok
    assert "'elsewhere'" in found.says


@pytest.mark.usefixtures("inside")
def test_a_booked_and_a_cancelled_visit_have_their_claims() -> None:
    """A laser visit with a companion holds what it was sold as; a cancelled one holds nothing."""
    clinic, vault = get_clinic(None), Vault(SECRET_KEY)
    booked = book(clinic, LASER, PATIENT, MORNING, vault)
    assert doctor.claims().says == "1 appointments hold exactly what they need"
    cancel(clinic, get_visit(clinic, booked.token, MORNING), PATIENT, MORNING)
    assert doctor.claims().says == "1 appointments hold exactly what they need"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "fault",
    [
        "DELETE FROM claim WHERE resource_id IN (SELECT id FROM resource WHERE kind = 'seat')",
        "UPDATE claim SET ends = ends + 5 WHERE resource_id IN (SELECT id FROM resource WHERE kind = 'room')",
        "DELETE FROM claim WHERE id = (SELECT max(id) FROM claim)",
        "UPDATE appointment SET status = 'cancelled'",
    ],
)
def test_a_visit_with_other_claims_is_reported(fault: str) -> None:
    """A claim too few, too long or left over names the appointment; the guard cannot see that."""
    booked = book(get_clinic(None), LASER, PATIENT, MORNING, Vault(SECRET_KEY))
    change(fault)
    found = doctor.claims()
    assert not found.ok
    assert booked.reference in found.says
