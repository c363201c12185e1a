"""Eight characters are enough beside a second step, which then cannot be turned off (A14)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.databases import Clock
from tests.staff import PASSWORD, StaffClient, csrf
from tests.web.account.test_second_step import set_up

SHORT = "9 kelp&ox"
FIRST = "Choose one of at least 15 characters first"


def choose(client: FlaskClient, password: str) -> TestResponse:
    """Send the form that chooses a password."""
    data = {"csrf_token": csrf(client, "/staff/account"), "password": password, "again": password}
    return client.post("/staff/account", data=data)


def press(client: FlaskClient, path: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client, "/staff/account")})


def stored(app: Flask, email: str = "reception@example.com") -> tuple[bool, bool]:
    """Return whether the account has a password, and a second step."""
    query = "SELECT password, totp FROM staff WHERE email = :email"
    with app.app_context():
        row = reader().execute(text(query), {"email": email}).one()
    return row[0] is not None, row[1] is not None


def test_a14_a_short_password_needs_the_second_step(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """A14: refused, then taken with the step on; the step stays on until a longer one is chosen."""
    client = staff_client("reception")
    assert "At least 15 characters. Four" in client.get("/staff/account").text
    refused = choose(client, SHORT)
    assert (refused.status_code, "at least 15 characters" in refused.text) == (422, True)
    set_up(client, clock.at)
    assert "At least 8 characters, since" in client.get("/staff/account").text
    assert choose(client, SHORT).status_code == 303
    kept = press(client, "/staff/second-factor/off")
    assert (kept.status_code, FIRST in kept.text, stored(any_app)) == (422, True, (True, True))
    assert choose(client, PASSWORD).status_code == 303
    off = press(client, "/staff/second-factor/off")
    assert (off.status_code, stored(any_app)) == (303, (True, False))
    assert "The second step is off." in client.get(off.location).text
    assert choose(client, SHORT).status_code == 422


@pytest.mark.parametrize(("password", "is_kept"), [(SHORT, False), (PASSWORD, True)])
def test_a14_an_admin_takes_a_short_password_away_too(
    any_app: Flask, staff_client: StaffClient, clock: Clock, password: str, is_kept: bool
) -> None:
    """A14: whose phone is lost cannot choose a longer one first; a new link is their way back."""
    client = staff_client("reception")
    set_up(client, clock.at)
    assert choose(client, password).status_code == 303
    admin = staff_client("admin")
    path = re.findall(r"/admin/staff/\d+/second-step-off", admin.get("/admin/").text)[0]
    done = press(admin, path)
    assert (done.status_code, stored(any_app)) == (303, (is_kept, False))
    assert "mail a sign-in link" in admin.get(done.location).text


def test_a14_an_admins_own_step_is_no_way_round(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """A14: one's own step is not turned off from the list of colleagues either."""
    admin = staff_client("admin")
    set_up(admin, clock.at)
    choose(admin, SHORT)
    path = re.findall(r"/admin/staff/\d+/second-step-off", admin.get("/admin/").text)[0]
    kept = press(admin, path)
    assert (kept.status_code, FIRST in kept.text) == (422, True)
    assert stored(app, "admin@example.com") == (True, True)


def test_a14_a_step_turned_off_meanwhile_counts(
    app: Flask, staff_client: StaffClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A14: between reading the account and storing a short password, the step was turned off: refused."""
    client = staff_client("reception")
    set_up(client, clock.at)
    from booking.actions import second_factor, staff
    from booking.actions.clinics import get_clinic
    from tests.staff import BY

    def meanwhile(password: str) -> str:
        number = reader().execute(text("SELECT id FROM staff")).scalar_one()
        second_factor.turn_off(get_clinic(None), number, BY, clock.at)
        return real(password)

    real = staff.hash_password
    monkeypatch.setattr(staff, "hash_password", meanwhile)
    refused = choose(client, SHORT)
    assert (refused.status_code, "at least 15" in refused.text) == (422, True)
    assert stored(app) == (False, False)


@pytest.mark.parametrize("path", ["/staff/account", "/staff/sign-in"])
def test_a14_a_megabyte_is_harmless(app: Flask, staff_client: StaffClient, path: str) -> None:
    """A14: a password of 1 MB is turned away whole, signed in or not."""
    client = staff_client("reception") if path == "/staff/account" else app.test_client()
    huge = "kelp&ox9" * 125_000
    data = {"csrf_token": csrf(client, path), "email": "reception@example.com"}
    answer = client.post(path, data={**data, "password": huge, "again": huge})
    assert (answer.status_code, huge[:80] in answer.text) == (413, False)
