"""Staff sign in, stay signed in as long as they should, and are out when they are out."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import PASSWORD, TOKEN, StaffClient, csrf, member, password_of, sign_in_by

DESK = "/desk/2026-11-23"


def try_password(
    client: FlaskClient, email: str, password: str, address: str = "127.0.0.1", **more: str
) -> tuple[int, str]:
    data = {"csrf_token": csrf(client, "/staff/sign-in"), "email": email, "password": password, **more}
    answer = client.post("/staff/sign-in", data=data, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.location or answer.text


def test_a_link_signs_in_once(any_app: Flask) -> None:
    """A13: looking does not use a link up, pressing its button does; then it is worth nothing."""
    token = member(any_app, "reception")
    for _ in range(3):
        assert any_app.test_client().get(f"/staff/link/{token}").status_code == 200
    client = sign_in_by(any_app.test_client(), token)
    assert client.get(DESK).status_code == 200
    again = any_app.test_client().get(f"/staff/link/{token}")
    assert (again.status_code, "was used or has run out" in again.text) == (404, True)


def test_a_link_runs_out(app: Flask, clock: Clock) -> None:
    """After 48 hours a link signs nobody in."""
    token = member(app, "reception")
    clock.at = MORNING + timedelta(hours=48)
    assert app.test_client().get(f"/staff/link/{token}").status_code == 404


def test_a2_no_secret_lies_in_the_database(app: Flask, staff_client: StaffClient) -> None:
    """A2: links, sessions and passwords are stored as hashes only."""
    token = member(app, "admin", email="second@example.com")
    client = staff_client("admin")
    password_of(client)
    with client.session_transaction() as session, app.app_context():
        secrets = (token, session["staff"], PASSWORD)
        for table in ("staff", "staff_link", "staff_session"):
            stored = str(reader().execute(text(f"SELECT * FROM {table}")).all())
            assert stored != "[]"
            assert not any(secret in stored for secret in secrets)


def test_a_password_signs_in_and_leads_on(app: Flask, staff_client: StaffClient) -> None:
    """Address and password open the page that was asked for."""
    password_of(staff_client("reception"))
    client = app.test_client()
    asked = client.get(f"{DESK}?view=week")
    assert asked.location == "/staff/sign-in?next=%2Fdesk%2F2026-11-23%3Fview%3Dweek"
    found = try_password(client, "Reception@example.com ", PASSWORD, next=f"{DESK}?view=week")
    assert found == (303, f"{DESK}?view=week")
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "/desk//evil",
        "/desk/\tx",
    ]
    + ["/desk/%0d%0aLocation:x", "javascript:alert(1)", "/desk@evil.example", "desk/", "", "/book/rmt-60"],
)
def test_a20_next_leads_nowhere_else(app: Flask, staff_client: StaffClient, wanted: str) -> None:
    """A20: whatever ``next`` says, one stays here."""
    password_of(staff_client("reception"))
    status, location = try_password(app.test_client(), "reception@example.com", PASSWORD, next=wanted)
    assert status == 303
    assert location.startswith("/desk/")
    assert "evil" not in location
    assert "\n" not in location


def test_a17_an_unknown_address_is_answered_alike(app: Flask, staff_client: StaffClient) -> None:
    """A17: status and words tell nothing about who has an account; the address stays, the password goes."""
    password_of(staff_client("reception"))
    pages = []
    for email in ("reception@example.com", "nobody@example.com"):
        client = app.test_client()
        status, page = try_password(client, email, "not the right password")
        assert status == 422
        assert f'value="{email}"' in page
        assert "not the right" not in page
        pages.append(TOKEN.sub("", page.replace(email, "")))
    assert pages[0] == pages[1]


def test_a15_five_tries_then_wait_and_nobody_else_is_locked_out(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """A15: the sixth try is refused, right password or not; elsewhere, others and later it works."""
    password_of(staff_client("reception"))
    password_of(staff_client("admin"))
    client = app.test_client()
    for _ in range(5):
        assert try_password(client, "reception@example.com", "wrong")[0] == 422
    assert try_password(client, "reception@example.com", PASSWORD)[0] == 429
    assert try_password(client, "reception@example.com", PASSWORD, "127.0.0.9")[0] == 303
    assert try_password(app.test_client(), "admin@example.com", PASSWORD)[0] == 303
    clock.at += timedelta(minutes=15)
    assert try_password(app.test_client(), "reception@example.com", PASSWORD)[0] == 303


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 15"),
        ("aaaaaaaaaaaaaaaaaaaa", "more different"),
        ("receptionreception@example.com", "more than your name"),
        ("x" * 257, "at most 256"),
        ("y" * 20_000, "at most 256"),
    ],
)
def test_a14_weak_passwords_are_refused_with_what_to_do(
    staff_client: StaffClient, password: str, says: str
) -> None:
    """A14: too short, too plain, one's own name, a page full: a sentence, and nothing is stored."""
    client = staff_client("reception")
    data = {"csrf_token": csrf(client, "/staff/account"), "password": password, "again": password}
    answer = client.post("/staff/account", data=data)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert password not in answer.text
    assert "Choose a password" in client.get("/staff/account").text


def test_a14_two_that_differ(staff_client: StaffClient) -> None:
    """The second typing guards against a slip."""
    client = staff_client("reception")
    data = {"csrf_token": csrf(client, "/staff/account"), "password": PASSWORD, "again": PASSWORD + "s"}
    assert "differ" in client.post("/staff/account", data=data).text


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return a browser that has stolen another one's cookie."""
    thief = app.test_client()
    cookie = client.get_cookie("clinic")
    assert cookie is not None
    thief.set_cookie("clinic", cookie.value)
    assert thief.get(DESK).status_code == 200
    return thief


def is_in(client: FlaskClient) -> bool:
    return client.get(DESK).status_code == 200


def test_a11_signing_out_ends_copies_too(app: Flask, staff_client: StaffClient) -> None:
    """A11: the old cookie is worth nothing after sign-out, wherever it is kept."""
    client = staff_client("reception")
    thief = copy_of(app, client)
    answer = client.post("/staff/sign-out", data={"csrf_token": csrf(client, "/staff/account")})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')
    assert not is_in(client)
    assert not is_in(thief)


def test_a11_a_new_password_ends_all_others(app: Flask, staff_client: StaffClient) -> None:
    """A11: who chooses a new password stays in; every other browser of the account is out."""
    first = staff_client("reception")
    password_of(first)
    second = app.test_client()
    assert try_password(second, "reception@example.com", PASSWORD)[0] == 303
    password_of(second, PASSWORD + " again")
    assert is_in(second)
    assert not is_in(first)


def test_a11_a_disabled_account_is_out_at_once(app: Flask, staff_client: StaffClient) -> None:
    """A11: the next request after an account is switched off is refused."""
    client = staff_client("reception")
    with app.app_context():
        from booking.records.transaction import light_transaction

        light_transaction(lambda conn: conn.execute(text("UPDATE staff SET active = :no"), {"no": False}))
    assert not is_in(client)


@pytest.mark.parametrize(
    ("steps", "minutes", "still"), [(1, 29, True), (1, 30, False), (24, 29, True), (25, 29, False)]
)
def test_a11_idle_and_absolute_ends(
    staff_client: StaffClient, clock: Clock, steps: int, minutes: int, still: bool
) -> None:
    """A11: 30 minutes without a request end a session, and so do 12 hours with them."""
    client = staff_client("reception")
    for step in range(steps):
        clock.at += timedelta(minutes=minutes)
        if step < steps - 1:
            assert is_in(client)
    assert is_in(client) is still


def test_a11_the_session_is_new_after_signing_in(app: Flask) -> None:
    """A11: what a session held before signing in is gone (fixation)."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "yes"
    sign_in_by(client, member(app, "reception"))
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_form_sent_after_the_end_says_how_to_keep_it(staff_client: StaffClient, clock: Clock) -> None:
    """A refused form changes nothing and tells how not to lose what was typed."""
    client = staff_client("reception")
    data = {"csrf_token": csrf(client, "/staff/account"), "password": PASSWORD, "again": PASSWORD}
    clock.at += timedelta(hours=1)
    answer = client.post("/staff/account", data=data)
    assert (answer.status_code, "Go back to keep what you typed" in answer.text) == (401, True)


def test_a24_staff_pages_are_kept_nowhere(staff_client: StaffClient) -> None:
    """A24: no cache keeps them, and they differ by cookie."""
    client = staff_client("reception")
    for path in (DESK, "/staff/account", "/staff/sign-in"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "Cookie" in headers["Vary"]


def test_a23_patients_still_get_no_cookie(client: FlaskClient) -> None:
    """A23: that staff can sign in changes nothing for those who look at the menu."""
    assert "Set-Cookie" not in client.get("/").headers
