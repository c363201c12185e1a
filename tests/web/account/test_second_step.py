"""The second step of signing in: codes of an app, used once; recovery codes; few guesses (A16)."""

import base64
import hashlib
import hmac
import html
import re
import struct
from datetime import datetime, timedelta

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.access.second_factor import find_step
from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import PASSWORD, StaffClient, csrf, password_of

DESK = "/desk/2026-11-23"
KEY = re.compile(r"by this key: <code>([A-Z2-7 ]+)</code>")
SEALED = re.compile(r'name="sealed" value="([^"]+)"')
CODES = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>")


def code_at(key: str, when: datetime, skew: int = 0) -> str:
    """Return the code of an app, straight from RFC 6238 and RFC 4226."""
    secret = base64.b32decode(key.replace(" ", ""))
    counter = struct.pack(">Q", int(when.timestamp()) // 30 + skew)
    mac = hmac.new(secret, counter, hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def offered(client: FlaskClient) -> tuple[str, dict[str, str]]:
    """Return the key that an account is offered, and its form but for the code."""
    page = client.get("/staff/second-factor").text
    token = csrf(client, "/staff/second-factor")
    return KEY.findall(page)[0].strip(), {"csrf_token": token, "sealed": SEALED.findall(page)[0]}


def set_up(client: FlaskClient, when: datetime) -> tuple[str, list[str]]:
    """Turn the second step on; return the key and the recovery codes."""
    key, data = offered(client)
    answer = client.post("/staff/second-factor", data={**data, "code": code_at(key, when)})
    assert answer.status_code == 200, answer.text
    return key, CODES.findall(answer.text)


def password_given(client: FlaskClient) -> dict[str, str]:
    token = csrf(client, "/staff/sign-in")
    return {"csrf_token": token, "email": "reception@example.com", "password": PASSWORD}


def first_factor(app: Flask) -> FlaskClient:
    """Return a browser that has given the right password."""
    client = app.test_client()
    data = {
        "csrf_token": csrf(client, "/staff/sign-in"),
        "email": "reception@example.com",
        "password": PASSWORD,
    }
    answer = client.post("/staff/sign-in", data={**data, "next": DESK})
    assert (answer.status_code, answer.location) == (303, "/staff/second-step")
    return client


def give(client: FlaskClient, code: str) -> TestResponse:
    data = {"csrf_token": csrf(client, "/staff/second-step"), "code": code}
    return client.post("/staff/second-step", data=data)


@pytest.fixture
def key_and_codes(any_app: Flask, staff_client: StaffClient, clock: Clock) -> tuple[str, list[str]]:
    """An account with password and second step."""
    client = staff_client("reception")
    password_of(client)
    found = set_up(client, clock.at)
    clock.at = MORNING + timedelta(minutes=2)
    return found


def test_a16_password_and_code_sign_in(
    any_app: Flask, key_and_codes: tuple[str, list[str]], clock: Clock
) -> None:
    """A16: the password alone opens nothing; the code opens what was asked for; the secret lies sealed."""
    key, _ = key_and_codes
    client = first_factor(any_app)
    assert client.get(DESK).status_code == 303
    answer = give(client, code_at(key, clock.at))
    assert (answer.status_code, answer.location) == (303, DESK)
    assert client.get(DESK).status_code == 200
    with any_app.app_context():
        stored = str(reader().execute(text("SELECT totp FROM staff")).scalar_one())
    assert base64.b32decode(key.replace(" ", "")).hex() not in stored


def test_a16_a_code_is_good_once(any_app: Flask, key_and_codes: tuple[str, list[str]], clock: Clock) -> None:
    """A16: a code that somebody looked over a shoulder is refused, and so are older ones."""
    key, _ = key_and_codes
    code = code_at(key, clock.at)
    assert give(first_factor(any_app), code).status_code == 303
    second = first_factor(any_app)
    for used in (code, code_at(key, clock.at, -1)):
        answer = give(second, used)
        assert (answer.status_code, "was used already" in answer.text) == (422, True)
    assert give(second, code_at(key, clock.at, 1)).status_code == 303


@pytest.mark.parametrize(("skew", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a16_clocks_may_differ_by_one_step(
    any_app: Flask, key_and_codes: tuple[str, list[str]], clock: Clock, skew: int, status: int
) -> None:
    """A16: half a minute either way is allowed, a minute is not."""
    assert give(first_factor(any_app), code_at(key_and_codes[0], clock.at, skew)).status_code == status


def test_a16_recovery_codes_are_good_once(any_app: Flask, key_and_codes: tuple[str, list[str]]) -> None:
    """A16: ten codes, typed in any case and without the dash; a used one is refused."""
    _, codes = key_and_codes
    assert len(set(codes)) == 10
    assert give(first_factor(any_app), codes[0].upper().replace("-", " ")).status_code == 303
    assert give(first_factor(any_app), codes[0]).status_code == 422
    with any_app.app_context():
        stored = str(reader().execute(text("SELECT digest FROM staff_recovery")).all())
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_the_same_form_again_keeps_the_recovery_codes(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """A reload shows the codes that were printed; they stay good, and a used one stays used."""
    client = staff_client("reception")
    password_of(client)
    key, sent = offered(client)
    sent["code"] = code_at(key, clock.at)
    shown = CODES.findall(client.post("/staff/second-factor", data=sent).text)
    assert give(first_factor(any_app), shown[0]).status_code == 303
    assert CODES.findall(client.post("/staff/second-factor", data=sent).text) == shown
    assert [give(first_factor(any_app), code).status_code for code in shown[:2]] == [422, 303]
    assert give(first_factor(any_app), sent["code"]).status_code == 422


def test_a16_an_old_form_revives_no_recovery_codes(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """A16: turned off, and on again by an old form with a fresh code: the codes of before are void."""
    client = staff_client("reception")
    password_of(client)
    key, sent = offered(client)
    first = CODES.findall(
        client.post("/staff/second-factor", data={**sent, "code": code_at(key, clock.at)}).text
    )
    assert client.post("/staff/second-factor/off", data=sent).status_code == 303
    clock.at += timedelta(minutes=2)
    again = CODES.findall(
        client.post("/staff/second-factor", data={**sent, "code": code_at(key, clock.at)}).text
    )
    assert len(again) == len(first) == 10
    assert set(first).isdisjoint(again)
    assert [give(first_factor(any_app), code).status_code for code in (first[1], again[1])] == [422, 303]


def test_a16_ten_guesses_an_hour(any_app: Flask, key_and_codes: tuple[str, list[str]], clock: Clock) -> None:
    """A16: the eleventh code of an hour is not looked at, not even the right one, from any browser."""
    key, _ = key_and_codes
    client = first_factor(any_app)
    for _ in range(10):
        assert give(client, "000000").status_code == 422
    assert give(first_factor(any_app), code_at(key, clock.at)).status_code == 429
    clock.at += timedelta(hours=1, minutes=1)
    assert give(first_factor(any_app), code_at(key, clock.at)).status_code == 303


def test_a_link_asks_for_the_second_step_too(any_app: Flask, key_and_codes: tuple[str, list[str]]) -> None:
    """Whoever reads somebody's mail has only one of the two."""
    from booking.actions.clinics import get_clinic
    from booking.actions.staff import make_link
    from booking.house import house

    with any_app.app_context():
        token = make_link(get_clinic(None), "reception@example.com", house().now())
    client = any_app.test_client()
    path = f"/staff/link/{token}"
    answer = client.post(path, data={"csrf_token": csrf(client, path)})
    assert answer.location == "/staff/second-step"
    assert client.get(DESK).status_code == 303


def test_it_runs_out_and_needs_the_first_factor(
    any_app: Flask, key_and_codes: tuple[str, list[str]], clock: Clock
) -> None:
    """Ten minutes after the password, or without it, there is no second step."""
    client = first_factor(any_app)
    clock.at += timedelta(minutes=10)
    answer = give(client, code_at(key_and_codes[0], clock.at))
    assert (answer.status_code, answer.location) == (303, "/staff/sign-in")
    assert any_app.test_client().get("/staff/second-step").location == "/staff/sign-in"


def test_it_is_turned_off_by_oneself_or_by_an_admin(
    any_app: Flask, staff_client: StaffClient, key_and_codes: tuple[str, list[str]], clock: Clock
) -> None:
    """Who has lost phone and codes is let in again by an admin; then the password suffices."""
    admin = staff_client("admin")
    assert "Turn the second step off" in admin.get("/admin/").text
    number = re.findall(r"/admin/staff/(\d+)/second-step-off", admin.get("/admin/").text)[0]
    data = {"csrf_token": csrf(admin, "/admin/")}
    assert admin.post(f"/admin/staff/{number}/second-step-off", data=data).status_code == 303
    client = any_app.test_client()
    typed = {
        "csrf_token": csrf(client, "/staff/sign-in"),
        "email": "reception@example.com",
        "password": PASSWORD,
    }
    assert client.post("/staff/sign-in", data=typed).location == "/desk/"
    set_up(client, clock.at)
    assert (
        client.post(
            "/staff/second-factor/off", data={"csrf_token": csrf(client, "/staff/account")}
        ).status_code
        == 303
    )
    assert "Second step of signing in: off" in client.get("/staff/account").text


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_a_wrong_code_turns_nothing_on(app: Flask, staff_client: StaffClient, code: str) -> None:
    """The same secret is shown again, so that the app need not be set up anew."""
    client = staff_client("reception")
    page = client.get("/staff/second-factor").text
    data = {"csrf_token": csrf(client, "/staff/second-factor"), "sealed": SEALED.findall(page)[0]}
    answer = client.post("/staff/second-factor", data={**data, "code": code})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert KEY.findall(answer.text) == KEY.findall(page)
    assert "Second step of signing in: off" in client.get("/staff/account").text


def test_another_accounts_secret_is_not_taken(app: Flask, staff_client: StaffClient) -> None:
    """A12: what was offered to one account, or made up, turns nothing on for another."""
    page = staff_client("admin").get("/staff/second-factor").text
    client = staff_client("reception")
    for sealed in (SEALED.findall(page)[0], "bm9uc2Vuc2U=", "%"):
        code = code_at(KEY.findall(page)[0], MORNING)
        data = {"csrf_token": csrf(client, "/staff/second-factor"), "sealed": sealed, "code": code}
        assert client.post("/staff/second-factor", data=data).status_code == 422


def test_rfc_6238_vectors() -> None:
    """The published vectors of RFC 6238, cut to six digits."""
    secret = b"12345678901234567890"
    for seconds, code in (
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ):
        when = datetime.fromtimestamp(seconds, tz=MORNING.tzinfo)
        assert find_step(secret, code, when) == seconds // 30


def test_the_key_as_a_picture_that_is_ours(app: Flask, staff_client: StaffClient) -> None:
    """The QR code is drawn in the page itself, black on white with its quiet zone; nothing keeps the page."""
    answer = staff_client("reception").get("/staff/second-factor")
    assert answer.headers["Cache-Control"] == "no-store"
    size, path = re.findall(r'aria-label="QR code[^"]+" viewBox="0 0 (\d+) \1".+? d="([^"]+)"', answer.text)[
        0
    ]
    drawn = {
        (int(x) + step, int(y))
        for x, y, long in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
        for step in range(int(long))
    }
    address = html.unescape(re.findall(r'href="(otpauth:[^"]+)"', answer.text)[0])
    matrix = segno.make_qr(address, error="m").matrix
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
    assert int(size) == len(matrix) + 8
    assert f'<rect width="{size}" height="{size}" fill="#fff"/>' in answer.text
