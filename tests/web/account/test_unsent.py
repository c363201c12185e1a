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
from tests.staff import PASSWORD, StaffClient, csrf, member, password_of, sign_in_by
from tests.web.account.test_second_step import code_at, set_up
from tests.web.desk.visits import TUESDAY, book, send

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
    return client.post(unescape(path[1]), data=hidden(page))


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


def test_it_is_offered_to_who_typed_it_only(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """P6: somebody else who signs in on that page neither reads nor sends it."""
    other = sign_in_by(any_app.test_client(), member(any_app, "admin"))
    password_of(other)
    page = too_late(desk, clock)
    data = hidden(page) | {"email": "admin@example.com", "password": PASSWORD}
    answer = desk.post("/staff/sign-in", data=data)
    assert (answer.status_code, "was not yours" in answer.text) == (200, True)
    assert "Neill" not in unescape(answer.text)


def test_an_undo_is_kept_with_its_address(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """The way back of a move stands in its address: kept whole, it moves the visit back."""
    reference = book(any_app)
    moved = send(desk, reference, "move", on=TUESDAY, at="11:00", practitioner="lam")
    undo = unescape(
        re.findall(r'action="(/desk/visits/[^"]+/move\?[^"]+)"', desk.get(moved.location).text)[0]
    )
    token = csrf(desk, "/desk/keys")
    clock.at += timedelta(minutes=31)
    page = desk.post(undo, data={"csrf_token": token})
    assert sent(desk, signed_in(desk, page)).status_code == 303
    with any_app.app_context():
        starts = reader().execute(text("SELECT starts FROM appointment")).scalar_one()
    assert str(starts)[11:16] == "09:00"


def test_signing_in_elsewhere_first_loses_nothing(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """Two tabs wait with a form each: signed in on one, the other goes on where it was."""
    first = too_late(desk, clock)
    second = desk.post("/desk/book", data=hidden(desk.get("/staff/sign-in")) | VISIT | {"start": START})
    assert "has not been sent" in signed_in(desk, first).text
    assert sent(desk, signed_in(desk, second)).status_code == 303
    assert booked(any_app) == [NAME]


def test_a_second_step_that_took_too_long(any_app: Flask, desk: FlaskClient, clock: Clock) -> None:
    """A16: the first factor counts for minutes; after them it is asked for again, with what was typed."""
    key, _ = set_up(desk, clock.at)
    page = signed_in(desk, too_late(desk, clock))
    clock.at += timedelta(minutes=30)
    page = desk.post("/staff/second-step", data=hidden(page) | {"code": code_at(key, clock.at)})
    assert "took too long" in page.text
    page = signed_in(desk, page)
    page = desk.post("/staff/second-step", data=hidden(page) | {"code": code_at(key, clock.at)})
    assert sent(desk, page).status_code == 303


def test_a10_a_forged_sign_in_signs_nobody_in(any_app: Flask, desk: FlaskClient) -> None:
    """A10, A11: a sign-in form without this browser's token is shown again, and nothing else happens."""
    client = any_app.test_client()
    data = {"csrf_token": "forged", "email": "reception@example.com", "password": PASSWORD}
    for path in ("/staff/sign-in", "/staff/second-step", "/staff/passkey"):
        answer = client.post(path, data=data)
        assert (answer.status_code, "sign in once more" in answer.text) == (400, True)
    assert client.get("/desk/book").status_code == 303


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
