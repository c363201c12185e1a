"""What is brought as a passkey and is none opens nothing."""

import json

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reader
from tests.staff import StaffClient, csrf

SAID = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}
MADE_UP = json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": SAID})


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", "null", MADE_UP, "9" * 4000])
def test_what_is_no_passkey_signs_nobody_in(app: Flask, credential: str) -> None:
    """A sentence, the sign-in page again, no session."""
    client = app.test_client()
    token = csrf(client, "/staff/sign-in")
    assert (
        client.post("/staff/passkey/options", data={"csrf_token": token}).json["userVerification"]
        == "required"
    )  # type: ignore[index]
    answer = client.post("/staff/passkey", data={"csrf_token": token, "credential": credential})
    assert (answer.status_code, "was not accepted" in answer.text) == (422, True)
    assert client.get("/desk/").status_code == 303


@pytest.mark.parametrize("credential", ["", "{}", MADE_UP])
def test_what_is_no_passkey_is_not_added(app: Flask, staff_client: StaffClient, credential: str) -> None:
    """Nothing is stored, and it is said."""
    client = staff_client("reception")
    data = {"csrf_token": csrf(client, "/staff/account"), "credential": credential, "name": "Mine"}
    assert client.post("/staff/passkeys", data=data).status_code == 422
    with app.app_context():
        assert reader().execute(text("SELECT count(*) FROM staff_passkey")).scalar_one() == 0
