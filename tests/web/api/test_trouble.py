"""When the database or the limits say no: a clear answer, nothing half-done (issue 2, bad input)."""

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from booking.actions import book as booking_action
from booking.records import patience
from booking.web.api import quick
from tests.conftest import Furnish
from tests.databases import Clock, opened
from tests.web.api.calls import API, body, booked, person, post, slots, starts

QUESTION = {"service": "rmt-60", "practitioner": "kim"}


def test_k11_a_locked_database_is_503_with_retry_after(
    sqlite_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K11, C20: writes answer `busy` and when to come back; reads go on; afterwards all is as before."""
    monkeypatch.setattr(patience, "LOCK_SECONDS", 0.1)
    with opened(sqlite_url, tmp_path, clock) as app:
        client = app.test_client()
        free = slots(client, **QUESTION)
        lock = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        answer = post(client, service="rmt-60", start="2026-11-24T11:00")
        assert (answer.status_code, answer.json["code"]) == (503, "busy")
        assert answer.headers["Retry-After"] == "5"
        assert slots(client, **QUESTION) == free
        lock.execute("ROLLBACK")
        lock.close()
        assert post(client, service="rmt-60", start="2026-11-24T11:00").status_code == 201


def test_a_database_that_is_gone_is_503_everywhere(tmp_path: Path, clock: Clock) -> None:
    """K3: pages and calls say so; /healthz lives, /readyz names it."""
    with opened("sqlite:////nowhere/at/all/clinic.db", tmp_path, clock) as app:
        client = app.test_client()
        call = client.get(f"{API}/services")
        assert (call.status_code, call.json["code"]) == (503, "busy")
        page = client.get("/")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert client.get("/nothing").status_code == 404
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json["failing"]) == (503, ["database"])


def test_an_empty_database_is_said_in_words(tmp_path: Path, clock: Clock) -> None:
    """Before `flask clinic load` there is nothing to serve, and no fault either."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    with opened(url, tmp_path, clock) as app:
        with app.app_context():
            from flask_migrate import upgrade

            upgrade()
        answer = app.test_client().get(f"{API}/services")
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
        assert app.test_client().get("/").status_code == 404


def test_a26_more_bookings_from_one_address_than_an_hour_holds_are_429(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A26, E27: the next one is `too_many` with Retry-After; another address books on."""
    monkeypatch.setattr(booking_action, "BOOKINGS_PER_HOUR", 2)
    client = app.test_client()
    free = [f"2026-{start.replace(' ', 'T')}" for start in starts(client)]
    booked(client, start=free[0], patient=person(1))
    booked(client, start=free[-1], patient=person(2))
    again = body(start="2026-11-25T12:00", patient=person(3))
    answer = client.post(f"{API}/appointments", json=again)
    assert (answer.status_code, answer.json["code"]) == (429, "too_many")
    assert answer.headers["Retry-After"] == "600"
    elsewhere = client.post(
        f"{API}/appointments", json=again, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 201


def test_limits_can_be_switched_off_for_load_tests(
    app_with: Furnish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RATE_LIMITS=off: nobody is counted."""
    monkeypatch.setattr(booking_action, "BOOKINGS_PER_HOUR", 0)
    client = app_with(RATE_LIMITS="off").test_client()
    assert post(client).status_code == 201


def test_a_fault_in_front_of_flask_is_answered_like_any_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """P8: even there a 500 has its headers, its number, and a line without the address."""
    client = app.test_client()
    address = f"{API}/slots?service=needle-followup&from=2026-11-24&to=2026-11-24"
    assert client.get(address).status_code == 200

    def fail(clinic_id: int) -> None:
        raise RuntimeError(str(clinic_id))

    monkeypatch.setattr(quick, "get_stamp", fail)
    answer = client.get(address)
    assert (answer.status_code, answer.json["code"]) == (500, "failed")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    written = capfd.readouterr().err
    assert "RuntimeError" in written
    assert "needle-followup" not in written
