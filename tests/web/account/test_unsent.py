"""Signed out without script: a form that comes too late is kept, sealed, and sent after signing in."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.databases import Clock
from tests.staff import PASSWORD, StaffClient, csrf, password_of
from tests.web.account.test_second_step import code_at, set_up

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
NAME = 'Ana "Null" O\'Neill & <b>'
VISIT = {"patient": "new", "name": NAME, "phone": "604-555-0147", "service": "rmt-60"}
START = "2026-11-23T11:00"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def hidden(answer: TestResponse) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(answer.text)}


def booked(app: Flask) -> list[str]:
    with app.app_context():
        return list(reader().execute(text("SELECT name FROM patient ORDER BY id")).scalars())


@pytest.fixture
def desk(any_app: Flask, staff_client: StaffClient) -> FlaskClient:
    """A signed-in browser of somebody who has a password."""
    client = staff_client("reception")
    password_of(client)
    return client


def too_late(client: FlaskClient, clock: Clock, **fields: str) -> TestResponse:
    """Fill the form in, be idle for too long, and press the button."""
    form = hidden(client.get("/desk/book")) | VISIT | {"start": START} | fields
    clock.at += timedelta(minutes=31)
    return client.post("/desk/book", data=form)


def signed_in(client: FlaskClient, page: TestResponse, password: str = PASSWORD) -> TestResponse:
    data = hidden(page) | {"email": "reception@example.com", "password": password}
    return client.post("/staff/sign-in", data=data)


def sent(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of the page that offers what was not sent."""
    assert "has not been sent" in page.text
    path = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert path
    return client.post(path[1], data=hidden(page))


def test_what_was_typed_is_sent_after_signing_in(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """Nothing is booked while signed out; a wrong password loses nothing; what is sent is what was typed."""
    page = too_late(desk, clock)
    assert (page.status_code, "What you typed is kept" in page.text) == (401, True)
    assert "Neill" not in page.text  # sealed: nobody who passes by reads it
    page = signed_in(desk, page, "something else entirely")
    assert (page.status_code, booked(any_app)) == (422, [])
    answer = sent(desk, signed_in(desk, page))
    assert (answer.status_code, answer.location) == (303, "/desk/2026-11-23")
    assert booked(any_app) == [NAME]


def test_it_passes_the_second_step(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """A16: the code is asked for on the way; a wrong one loses nothing either."""
    key, _ = set_up(desk, clock.at)
    page = signed_in(desk, too_late(desk, clock))
    assert "six digits" in page.text
    page = desk.post("/staff/second-step", data=hidden(page) | {"code": "000000"})
    assert (page.status_code, booked(any_app)) == (422, [])
    page = desk.post("/staff/second-step", data=hidden(page) | {"code": code_at(key, clock.at)})
    assert sent(desk, page).status_code == 303
    assert booked(any_app) == [NAME]


def test_signed_out_in_another_tab_keeps_it_too(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """The cookie is gone with the form's token: the browser's word that no other site sent it suffices."""
    form = hidden(desk.get("/desk/book")) | VISIT | {"start": START}
    desk.post("/staff/sign-out", data={"csrf_token": csrf(desk, "/staff/account")})
    page = desk.post("/desk/book", data=form, headers=OWN_PAGE)
    assert sent(desk, signed_in(desk, page)).status_code == 303
    assert booked(any_app) == [NAME]


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"csrf_token": "forged"}, {}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf_token": "forged"}, {"Sec-Fetch-Site": "same-site"}),
        ({"note": "x" * 40_000}, {}),
    ],
)
def test_what_another_site_sent_is_not_kept(
    desk: FlaskClient, clock: Clock, fields: dict[str, str], headers: dict[str, str]
) -> None:
    """A10: nobody is led to send what they have not typed; what is too long is told as before."""
    form = hidden(desk.get("/desk/book")) | VISIT | fields
    clock.at += timedelta(minutes=31)
    page = desk.post("/desk/book", data=form, headers=headers)
    assert (page.status_code, "Go back to keep what you typed" in page.text) == (401, True)
    assert 'name="unsent"' not in page.text


def test_a_password_is_never_kept(desk: FlaskClient, clock: Clock) -> None:
    """What is typed on one's own account stays out of pages."""
    form = {"csrf_token": csrf(desk, "/staff/account"), "password": PASSWORD, "again": PASSWORD}
    clock.at += timedelta(minutes=31)
    page = desk.post("/staff/account", data=form)
    assert (page.status_code, 'name="unsent"' in page.text) == (401, False)


@pytest.mark.parametrize("unsent", ["", "x", "é", "AAAA" * 20, "=" * 5])
def test_an_altered_one_is_as_good_as_none(desk: FlaskClient, clock: Clock, unsent: str) -> None:
    """Only what was sealed here is offered; all else leads to the desk."""
    page = too_late(desk, clock)
    data = hidden(page) | {"email": "reception@example.com", "password": PASSWORD, "unsent": unsent}
    answer = desk.post("/staff/sign-in", data=data)
    assert (answer.status_code, answer.location) == (303, "/desk/")
