"""/healthz and /readyz."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from booking.actions import health
from booking.records.schema import db
from tests.races import weakened


def test_healthz_asks_nothing(app: Flask) -> None:
    """The process answers though the database is gone."""
    with app.app_context():
        db.engine.dispose()
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////nowhere/at/all.db"
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readyz_names_every_check(any_app: Flask) -> None:
    """All is well: 200, each check with what it found."""
    answer = any_app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["failing"] == []
    assert set(answer.json["checks"]) >= {"zone data", "migrations", "guard", "outbox"}
    assert all(check["ok"] for check in answer.json["checks"].values())


def test_e33_stale_zone_data_makes_readyz_fail(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """E33, T2: where Vancouver is not at -07:00 in January 2027, 503 names the zone data."""
    monkeypatch.setattr(health.zone, "zone_data_is_right", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["failing"]) == (503, ["zone data"])


def test_a_missing_guard_makes_readyz_fail(app: Flask, usual_url: str) -> None:
    """D3: a dropped trigger or constraint is noticed."""
    weakened.drop_guard(usual_url)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["failing"]) == (503, ["guard"])


def test_a_database_ahead_of_the_program_is_served(app: Flask) -> None:
    """During an update the old version serves on, and says that the database is newer."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        conn.commit()
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert "newer than this program" in answer.json["checks"]["migrations"]["says"]


def test_a_database_behind_the_program_makes_readyz_fail(app: Flask) -> None:
    """Migrations not at head are named."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        conn.commit()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["failing"]) == (503, ["migrations"])
