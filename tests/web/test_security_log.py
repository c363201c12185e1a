"""What the log tells: enough to run the clinic, nothing about a person (A8, P7)."""

import json

import pytest
from flask import Flask

from tests.web.api.calls import booked, post
from tests.web.requests import send

CANARIES = ("Canaria", "canary@example.com", "+16045550123", "604-555-0123", "198.51.100.7", "canarykey1")


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the lines written so far."""
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_request_leaves_one_line_of_json(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    """Endpoint, method, status, milliseconds, instant and the number that the response carries."""
    answer = app.test_client().get("/api/v1/services?secret=1")
    (line,) = lines(capfd)
    assert line.pop("ms") == pytest.approx(0, abs=10_000)
    assert line == {
        "event": "request",
        "level": "info",
        "at": "2026-11-23T15:00:00.000+00:00",
        "id": answer.headers["X-Request-Id"],
        "endpoint": "api.services",
        "method": "GET",
        "status": 200,
    }


def test_a_kept_answer_leaves_the_same_line(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    """What is answered in front of Flask is logged like the rest."""
    client = app.test_client()
    for _ in range(2):
        client.get("/api/v1/slots?service=rmt-60&from=2026-11-24&to=2026-11-24")
    first, second = lines(capfd)
    assert first["endpoint"] == second["endpoint"] == "api.slots"
    assert first["status"] == second["status"] == 200


@pytest.mark.parametrize("target", ["/appointment/%ff", "/nothing", "/?x=%00"])
def test_what_leads_nowhere_is_logged_without_its_address(
    app: Flask, capfd: pytest.CaptureFixture[str], target: str
) -> None:
    """A refused request has a line too, with no endpoint and no path."""
    send(app, target, method="GET")
    (line,) = lines(capfd)
    assert line["endpoint"] is None
    assert target not in str(line)


def test_an_invented_method_cannot_write_into_the_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    """P7: a method is one of seven words or OTHER."""
    send(app, "/", method='GET","status":999,"x":"')
    (line,) = lines(capfd)
    assert (line["method"], line["status"]) == ("OTHER", 405)


def test_p7_a8_no_line_names_a_person_an_address_or_a_token(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """P7, A8: after bookings, refusals and a fault with everything in it, no canary is in the log."""
    client = app.test_client()
    patient = {"name": "Canaria", "email": "canary@example.com", "phone": "604-555-0123"}
    token = booked(client, patient=patient)["token"]
    post(client, "canarykey1", patient=patient)
    client.get(f"/appointment/{token}")
    client.get(f"/api/v1/appointments/{token}?email=canary@example.com")

    def fail(token: str) -> str:
        raise RuntimeError(f"{token} Canaria canary@example.com")

    monkeypatch.setitem(app.view_functions, "api.appointment", fail)
    assert client.get(f"/api/v1/appointments/{token}").status_code == 500
    written = capfd.readouterr()
    assert "RuntimeError" in written.err
    assert [canary for canary in (*CANARIES, token) if canary in written.err + written.out] == []
