"""The Idempotency-Key: a retry is harmless (E25, C13; contract.md, "Meanings")."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from booking.records.schema import db, metadata
from tests.databases import MORNING, Clock
from tests.web.api.calls import API, body, post

KEY = "8f14e45f-ceea-467f"


def stored(app: Flask) -> dict[str, int]:
    """Count what a booking writes."""
    with app.app_context():
        names = ("appointment", "patient", "message", "link")
        return {
            name: db.session.scalar(select(func.count()).select_from(metadata.tables[name])) or 0
            for name in names
        }


def test_e25_the_same_key_and_body_get_the_identical_answer(any_app: Flask) -> None:
    """E25, C13: byte for byte the same 201, one appointment, one message."""
    client = any_app.test_client()
    first, second = post(client, KEY), post(client, KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_data() == second.get_data()
    assert stored(any_app) == {"appointment": 1, "patient": 1, "message": 3, "link": 1}


def test_a_body_written_otherwise_but_meaning_the_same_is_the_same(client: FlaskClient) -> None:
    """Order of members and left-out nulls do not make another request."""
    first = post(client, KEY)
    again = body(patient={"language": "en-CA", "email": "parvaneh@example.com", "name": "Parvaneh Oyelaran"})
    second = client.post(
        f"{API}/appointments", json=dict(reversed(again.items())), headers={"Idempotency-Key": KEY}
    )
    assert (second.status_code, second.get_data()) == (201, first.get_data())


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "2026-11-24T10:00"},
        {"service": "rmt-60"},
        {"patient": {"name": "B", "email": "b@example.com"}},
    ],
)
def test_the_same_key_with_another_body_is_key_reused(app: Flask, changes: dict[str, object]) -> None:
    """Another start, service or patient under the same key: 422 `key_reused`, nothing written."""
    client = app.test_client()
    post(client, KEY)
    before = stored(app)
    answer = post(client, KEY, **changes)
    assert (answer.status_code, answer.json["code"]) == (422, "key_reused")
    assert stored(app) == before


def test_only_a_201_is_remembered(client: FlaskClient) -> None:
    """A refused request leaves its key free."""
    assert post(client, KEY, start="2026-11-24T08:00").status_code == 409
    assert post(client, KEY, service="none").status_code == 422
    assert post(client, KEY).status_code == 201


def test_a_key_is_remembered_for_thirty_days(client: FlaskClient, clock: Clock) -> None:
    """After 30 days the visit has passed and the key means a new request: the start is in the past."""
    first = post(client, KEY)
    clock.at = MORNING + timedelta(days=29, hours=23)
    assert post(client, KEY).get_data() == first.get_data()
    clock.at = MORNING + timedelta(days=30, seconds=1)
    assert post(client, KEY).json["code"] == "not_offered"


def test_without_a_key_each_call_is_its_own(client: FlaskClient) -> None:
    """No key, no memory: the second is refused, for one person cannot be in two places."""
    assert post(client).status_code == 201
    assert post(client).status_code == 409


@pytest.mark.parametrize("key", ["", "seven77", "x" * 129, "with space", "ümläut-key", "tab\there0"])
def test_a_key_that_is_no_key_is_422(client: FlaskClient, key: str) -> None:
    """Meanings: 8 to 128 visible ASCII characters, else `invalid` naming the header."""
    answer = client.post(
        f"{API}/appointments",
        json=body(),
        environ_overrides={"HTTP_IDEMPOTENCY_KEY": key.encode().decode("latin-1")},
    )
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert set(answer.json["fields"]) == {"Idempotency-Key"}


@pytest.mark.parametrize("key", ["!" * 8, "~" * 128])
def test_the_shortest_and_the_longest_key_work(client: FlaskClient, key: str) -> None:
    """Meanings: 8 and 128 characters are keys."""
    assert post(client, key).status_code == 201
