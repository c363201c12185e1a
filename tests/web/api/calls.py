"""Calls of the API as tests make them."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

API = "/api/v1"
START = "2026-11-24T09:00"  # Tuesday; Grace Lam works 9 to 17, break at 13:00


def body(**changes: Any) -> dict[str, Any]:
    """A booking that is right, with some members changed."""
    right: dict[str, Any] = {
        "service": "needle-followup",
        "start": START,
        "practitioner": None,
        "patient": {
            "name": "Parvaneh Oyelaran",
            "email": "parvaneh@example.com",
            "phone": None,
            "language": "en-CA",
        },
        "first_visit": False,
        "companion": False,
        "safety": None,
        "consent": True,
    }
    return right | changes


def person(number: int) -> dict[str, Any]:
    """A patient of their own, so that no limit per person is met."""
    return {"name": f"Person {number}", "email": f"person{number}@example.com"}


def post(client: FlaskClient, key: str | None = None, **changes: Any) -> TestResponse:
    """Book, with some members of the right body changed."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(f"{API}/appointments", json=body(**changes), headers=headers)


def booked(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """Book and return the answer."""
    answer = post(client, **changes)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def slots(client: FlaskClient, **question: str) -> Any:
    """Return the answer to a question for slots."""
    asked = {"service": "needle-followup", "from": "2026-11-24", "to": "2026-11-24"} | question
    answer = client.get(f"{API}/slots", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def starts(client: FlaskClient, **question: str) -> list[str]:
    """Return the free starts as MM-DD HH:MM."""
    return [slot["start"][5:16].replace("T", " ") for slot in slots(client, **question)["slots"]]
