"""Forms that are ours, cookies that are not more than needed (A9, A10, A23, E27)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.web import security
from tests.conftest import Furnish
from tests.databases import MORNING, Clock
from tests.web.api.calls import API, booked

TIMES = "/book/rmt-60"
DETAILS = "/book/rmt-60/2026-11-24T11:00"
UNSAFE = ["/book/rmt-60/hold", "/book/rmt-60/hold/extend", "/book/rmt-60/hold/release", DETAILS]
RIGHT = {
    "start": "2026-11-24T11:00",
    "name": "Parvaneh",
    "email": "p@example.com",
    "first_visit": "no",
    "consent": "1",
    "practitioner": "kim",
}


def token_of(client: FlaskClient, address: str = DETAILS) -> str:
    """Return the token that a page's form carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found is not None
    return found[1]


def upcoming(client: FlaskClient) -> int:
    """Say how many of Tuesday's starts with Kim are taken."""
    answer = client.get(f"{API}/slots?service=rmt-60&from=2026-11-24&to=2026-11-24&practitioner=kim")
    return 18 - len(answer.json["slots"])


@pytest.mark.parametrize("address", UNSAFE)
@pytest.mark.parametrize("token", [None, "", "forged", "foreign"])
def test_a9_a_form_without_its_own_token_changes_nothing(app: Flask, address: str, token: str | None) -> None:
    """A9: none, an empty, a made-up and another visitor's token are refused with 400."""
    client, other = app.test_client(), app.test_client()
    token_of(client)
    free = client.get(f"{API}/slots?service=rmt-60&from=2026-11-24&to=2026-11-24").get_data()
    sent = dict(RIGHT)
    if token is not None:
        sent["csrf_token"] = token_of(other) if token == "foreign" else token
    assert client.post(address, data=sent).status_code == 400
    assert client.get(f"{API}/slots?service=rmt-60&from=2026-11-24&to=2026-11-24").get_data() == free


def test_a9_the_same_form_with_its_token_books(client: FlaskClient) -> None:
    """A9: the refusals above are the token's doing."""
    answer = client.post(DETAILS, data=RIGHT | {"csrf_token": token_of(client)})
    assert answer.status_code == 303


def test_a9_a_form_sent_by_another_site_is_refused(client: FlaskClient) -> None:
    """A9: the browser says where it came from; a right token does not help."""
    sent = RIGHT | {"csrf_token": token_of(client)}
    answer = client.post(DETAILS, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_a10_a_form_may_be_filled_for_hours(client: FlaskClient, clock: Clock) -> None:
    """A10: three hours later the token is as good as new."""
    token = token_of(client)
    clock.at = MORNING + timedelta(hours=3)
    assert client.post(DETAILS, data=RIGHT | {"csrf_token": token}).status_code == 303


def test_an_expired_booking_form_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    """Issue 2: a stolen or expired form is answered 400 with the same page, everything kept."""
    answer = client.post(DETAILS, data=RIGHT | {"csrf_token": "old"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'value="Parvaneh"' in page
    assert 'value="p@example.com"' in page


def test_any_other_expired_form_says_so(client: FlaskClient) -> None:
    """A calm sentence and status 400."""
    answer = client.post("/book/rmt-60/hold", data=RIGHT)
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.get_data(as_text=True)


def cookies(answer: object) -> list[str]:
    """Return the cookies that an answer sets."""
    found: list[str] = answer.headers.getlist("Set-Cookie")  # type: ignore[attr-defined]  # a TestResponse
    return found


@pytest.mark.parametrize(
    "address", ["/", "/privacy", "/healthz", "/readyz", "/nothing", f"{API}/services", f"{API}/openapi.json"]
)
def test_a23_pages_without_a_form_set_no_cookie(client: FlaskClient, address: str) -> None:
    """A23: who only reads gets none."""
    assert cookies(client.get(address)) == []


def test_a23_the_api_sets_no_cookie(client: FlaskClient) -> None:
    """A23: neither a booking nor a refusal leaves one."""
    token = booked(client)["token"]
    for path in ("", "/cancel", "/move"):
        assert cookies(client.post(f"{API}/appointments/{token}{path}", json={})) == []


def test_a23_on_loopback_the_cookie_is_plain_but_guarded(client: FlaskClient) -> None:
    """A23: HttpOnly, Lax, gone with the browser; without TLS neither Secure nor __Host-."""
    (cookie,) = cookies(client.get(DETAILS))
    assert cookie.startswith("clinic=")
    parts = set(cookie.split("; ")[1:])
    assert parts == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_a23_over_https_the_cookie_is_bound_to_the_host(app_with: Furnish) -> None:
    """A23: __Host-, Secure, no domain, no end date."""
    app = app_with(BASE_URL="https://book.clinic.example")
    answer = app.test_client().get(DETAILS, base_url="https://book.clinic.example")
    (cookie,) = cookies(answer)
    assert cookie.startswith("__Host-clinic=")
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y", "\x00", "." * 3000])
def test_a12_a_forged_cookie_is_no_session(client: FlaskClient, cookie: str) -> None:
    """A12: what we did not sign is not read, and does not break a page."""
    answer = client.get(DETAILS, environ_overrides={"HTTP_COOKIE": f"clinic={cookie}"})
    assert answer.status_code == 200
    assert len(cookies(answer)) == 1


def test_e27_a_visitor_is_one_browser_and_has_no_name(app: Flask) -> None:
    """E27: the pseudonym stays with the cookie, differs between browsers, and is not made unasked."""
    with app.test_request_context():
        assert security.find_visitor() is None
        one = security.visitor()
        assert security.visitor() == one == security.find_visitor()
    with app.test_request_context():
        assert security.visitor() != one
    assert len(one) == 43
