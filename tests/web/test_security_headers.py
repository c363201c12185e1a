"""The headers of every response (A8, A21, L13, L14)."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Furnish
from tests.web.api.calls import booked
from tests.web.requests import send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATIC = sorted(path.relative_to("static").as_posix() for path in Path("static").rglob("*") if path.is_file())


def check(answer: TestResponse) -> None:
    """Assert what holds for every response."""
    headers = answer.headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert len(headers["X-Request-Id"]) == 16
    assert len(headers.getlist("Cache-Control")) == 1
    assert "Server" not in headers
    assert len(set(headers.keys())) == len(list(headers))


def test_a21_every_route_and_method_answers_with_the_headers(app: Flask) -> None:
    """A21: the whole url map, right and wrong methods."""
    client = app.test_client()
    token = booked(client)["token"]
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<code>", "rmt-60").replace("<start>", "2026-11-24T11:00")
        for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE"):
            check(client.open(address.replace("<token>", token), method=method))


def test_a21_errors_have_them_too(app: Flask) -> None:
    """A21: a missing page, a forged host, broken bytes, a large body."""
    client = app.test_client()
    check(client.get("/nothing"))
    check(client.get("/api/v1/nothing"))
    check(client.get("/", headers={"Host": "evil.example"}))
    check(client.get("/?x=%ff"))
    check(client.post("/book/rmt-60/hold", data=b"x" * 100_000))


def test_a21_a_fault_has_them_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A21: a 500 is a response like any other."""

    def fail() -> str:
        raise RuntimeError

    monkeypatch.setitem(app.view_functions, "health.healthz", fail)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    check(answer)


@pytest.mark.parametrize("name", STATIC)
def test_a21_static_files_have_them_too(app: Flask, name: str) -> None:
    """A21: every file, at its plain address for an hour and at its lasting one for ever."""
    client = app.test_client()
    lasting = app.jinja_env.globals["static_url"](name)
    plain, kept = (client.get(address, buffered=True) for address in (f"/static/{name}", lasting))
    assert (plain.status_code, kept.status_code) == (200, 200)
    assert plain.headers["Cache-Control"] == "max-age=3600, public"
    assert "immutable" in kept.headers["Cache-Control"]
    check(plain)
    check(kept)


def test_static_addresses_change_with_the_content(tmp_path: Path) -> None:
    """A changed file has a new lasting address, so that no browser shows an old one."""
    from booking.web.static_files import StaticFiles

    (tmp_path / "app.css").write_text("a")
    before = StaticFiles(tmp_path).url("app.css")
    (tmp_path / "app.css").write_text("b")
    after = StaticFiles(tmp_path).url("app.css")
    assert before != after
    assert before.startswith("/static/v-")


@pytest.mark.parametrize(
    "address", ["/", "/book/rmt-60", "/privacy", "/nothing", "/api/v1/slots", "/healthz"]
)
def test_what_is_made_for_one_visit_is_not_stored(client: FlaskClient, address: str) -> None:
    """A24: dynamic pages say no-store unless a view has said otherwise."""
    assert client.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("where", ["/appointment/", "/api/v1/appointments/"])
def test_l14_a_secret_address_is_neither_passed_on_nor_indexed(app: Flask, where: str) -> None:
    """L14, A8: no referrer, no store, no robots, whether the token is right, wrong or broken."""
    client = app.test_client()
    token = booked(client)["token"]
    answers = [client.get(where + token), client.get(where + "x"), client.delete(where + token)]
    assert [answer.status_code for answer in answers] == [200, 404, 405]
    for answer in (*answers, send(app, where + "%ff")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["Cache-Control"] == "no-store"


def test_b14_a_secret_address_with_two_slashes_is_nothing(app: Flask) -> None:
    """L14, B14: it cannot be reached past the rule above."""
    token = booked(app.test_client())["token"]
    assert send(app, f"//appointment/{token}").status == 404


def test_hsts_is_said_over_https_only(app: Flask, app_with: Furnish) -> None:
    """A21: two years with subdomains over https; on plain loopback it would lock developers out."""
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers
    secure = app_with(BASE_URL="https://book.clinic.example")
    answer = secure.test_client().get("/healthz", base_url="https://book.clinic.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")
