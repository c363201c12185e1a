"""Signed-in staff for tests: ``staff_client("reception")`` is a browser that is signed in.

``member(app, role)`` makes an account and returns its sign-in link's token.
"""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from booking.actions.clinics import get_clinic
from booking.actions.staff import NewStaff, add_staff
from booking.actions.values import Actor
from booking.house import house

BY = Actor("staff", "test")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "four quiet words in a row"

StaffClient = Callable[..., FlaskClient]


def member(app: Flask, role: str, email: str | None = None, practitioner: str | None = None) -> str:
    """Make an account and return the token of the link that signs it in once."""
    with app.app_context():
        clinic = get_clinic(None)
        code = practitioner or ("lam" if role == "practitioner" else None)
        address = email or f"{role}@example.com"
        return add_staff(clinic, NewStaff(address, role, practitioner=code), BY, house().now())


def csrf(client: FlaskClient, path: str) -> str:
    """Return the form token of a page."""
    found = TOKEN.search(client.get(path).text)
    assert found, path
    return found[1]


def sign_in_by(client: FlaskClient, token: str) -> FlaskClient:
    """Sign a browser in by its link and return it."""
    path = f"/staff/link/{token}"
    answer = client.post(path, data={"csrf_token": csrf(client, path)})
    assert (answer.status_code, answer.location) == (303, "/staff/account?new=1")
    return client


def password_of(client: FlaskClient, password: str = PASSWORD) -> None:
    """Choose a password for the account that is signed in."""
    data = {"csrf_token": csrf(client, "/staff/account"), "password": password, "again": password}
    assert client.post("/staff/account", data=data).location == "/staff/account?saved=1"
