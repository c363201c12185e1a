"""Who is addressed, and whose word about an address is believed (A19, B14)."""

import pytest
from flask import Flask, request

from booking.web import security
from booking.web.gate import allowed_hosts
from tests.conftest import Furnish
from tests.web.requests import send

ADDRESSES = ("/", "/api/v1/services", "/healthz", "/static/nothing.css", "/nothing")
FORGED = (
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8000",
    "evil@127.0.0.1:8000",
    "127.0.0.1:8000@evil.example",
    "127.0.0.1:8000, evil.example",
    "127.0.0.1:8000/",
    "127.0.0.1:",
    "127.0.0.1:99999999",
    "127.0.0.1.",
    "10.0.0.1",
    "",
    " ",
    "localhost\x00",
    "[::2]",
)


@pytest.mark.parametrize("host", FORGED)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a19_a_forged_host_is_400_and_repeated_nowhere(app: Flask, address: str, host: str) -> None:
    """A19: every address, static files too, refuses a host that is not ours and does not echo it."""
    answer = send(app, address, HTTP_HOST=host)
    assert answer.status == 400
    assert b"evil" not in answer.body
    assert "evil" not in str(answer.headers)


def test_a_request_without_a_host_is_400(app: Flask) -> None:
    """B14: HTTP/1.0 may leave it out; we do not guess."""
    answer = send(app, "/", SERVER_PROTOCOL="HTTP/1.0", HTTP_HOST="")
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_under_api_the_refusal_is_a_problem(app: Flask) -> None:
    """A program that asks the wrong host gets a problem document."""
    answer = send(app, "/api/v1/services", HTTP_HOST="evil.example")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert b'"code": "wrong_host"' in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1", "localhost:5000", "LOCALHOST", "[::1]:8000"])
def test_loopback_names_are_allowed_where_base_url_is_one(app: Flask, host: str) -> None:
    """Contract: under `make run` any loopback name will do, whatever the port."""
    assert send(app, "/healthz", HTTP_HOST=host).status == 200


@pytest.mark.parametrize(
    ("base_url", "good", "bad"),
    [
        (
            "https://book.clinic.example",
            ["book.clinic.example", "BOOK.clinic.example", "book.clinic.example:443"],
            ["clinic.example", "127.0.0.1", "localhost", "book.clinic.example:80", "xbook.clinic.example"],
        ),
        (
            "https://book.clinic.example:8443",
            ["book.clinic.example:8443"],
            ["book.clinic.example", "book.clinic.example:443"],
        ),
        ("http://[2001:db8::5]", ["[2001:db8::5]", "[2001:db8::5]:80"], ["2001:db8::5", "[2001:db8::6]"]),
    ],
)
def test_else_only_the_host_of_base_url_is_allowed(base_url: str, good: list[str], bad: list[str]) -> None:
    """A19: the name and port of BASE_URL, whatever the case; a dot in it is a dot."""
    allowed = allowed_hosts(base_url)
    assert [host for host in good if not allowed.fullmatch(host)] == []
    assert [host for host in bad if allowed.fullmatch(host)] == []


def test_make_run_answers_its_own_address_whatever_base_url_says(app_with: Furnish) -> None:
    """Contract: the host of BASE_URL, and loopback names under `make run`; nobody else."""
    served = app_with(BASE_URL="https://book.clinic.example", LOOPBACK_HOSTS="on")
    good = ["book.clinic.example", "127.0.0.1:8000", "localhost", "[::1]:8000"]
    assert {send(served, "/healthz", HTTP_HOST=host).status for host in good} == {200}
    bad = [host for host in FORGED if host] + ["book.clinic.example:80"]
    assert {send(served, "/healthz", HTTP_HOST=host).status for host in bad} == {400}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://127.0.0.1:8000/healthz", 200),
        ("http://evil.example/healthz", 400),
        ("https://evil.example/healthz", 400),
        ("//evil.example/healthz", 404),
        ("evil.example/healthz", 400),
        ("javascript:alert(1)", 400),
    ],
)
def test_b14_an_absolute_target_must_be_ours_too(app: Flask, target: str, status: int) -> None:
    """A19, B14: the target wins over Host by RFC 9112, so it is checked as well."""
    path = "/" + target.split("/", 3)[3] if target.startswith("http") else target
    assert send(app, target, PATH_INFO=path).status == status


@pytest.mark.parametrize(
    "path", ["/%2e%2e/healthz", "/static/%2e%2e/config.py", "/static/../wsgi.py", "//healthz"]
)
def test_b14_tricks_with_dots_and_slashes_lead_nowhere(app: Flask, path: str) -> None:
    """B14: nothing outside static/ is served, nothing is redirected."""
    answer = send(app, path)
    assert answer.status == 404
    assert "Location" not in answer.headers


def test_b14_a_script_name_from_outside_is_refused(app: Flask) -> None:
    """B14: the application is mounted nowhere, so nobody may say that it is."""
    assert send(app, "/healthz", SCRIPT_NAME="/desk").status == 400


@pytest.mark.parametrize(
    "header", ["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD"]
)
def test_b14_no_header_overrides_the_method(app: Flask, header: str) -> None:
    """B14: a GET stays a GET."""
    assert send(app, "/api/v1/appointments", **{header: "POST"}).status == 405
    assert send(app, "/api/v1/services", "POST", **{header: "GET"}).status == 405


@pytest.mark.parametrize("header", ["HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL", "HTTP_X_FORWARDED_PREFIX"])
def test_b14_no_header_overrides_the_path(app: Flask, header: str) -> None:
    """B14: the address is the address."""
    assert send(app, "/nothing", **{header: "/healthz"}).status == 404


def seen_from(app: Flask, **environ: str) -> tuple[str | None, str | None]:
    """Return (address, origin) as a view sees them."""
    with app.request_context(
        {
            "wsgi.url_scheme": "http",
            "SERVER_NAME": "x",
            "SERVER_PORT": "1",
            "wsgi.input": None,
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
        }
        | environ
    ):
        return request.remote_addr, security.origin()


def asked(app: Flask, monkeypatch: pytest.MonkeyPatch, **environ: str) -> str | None:
    """Return the origin that a whole request through every layer is given."""
    found: list[str | None] = []
    monkeypatch.setitem(app.view_functions, "health.healthz", lambda: found.append(security.origin()) or "ok")
    assert send(app, "/healthz", **environ).status == 200
    return found[0]


def test_a19_forwarded_addresses_are_ignored_without_trusted_proxies(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: with TRUSTED_PROXIES 0 nobody can hide behind X-Forwarded-For."""
    plain = asked(app, monkeypatch)
    assert plain is not None
    for name in ("X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "CLIENT_IP", "TRUE_CLIENT_IP"):
        assert asked(app, monkeypatch, **{f"HTTP_{name}": "203.0.113.9"}) == plain


def test_a19_only_the_trusted_hop_names_the_address(
    app_with: Furnish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: with one proxy the last entry counts, and what the client wrote before it does not."""
    app = app_with(TRUSTED_PROXIES="1")
    real = asked(app, monkeypatch, HTTP_X_FORWARDED_FOR="203.0.113.9")
    forged = asked(app, monkeypatch, HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.9")
    other = asked(app, monkeypatch, HTTP_X_FORWARDED_FOR="203.0.113.9, 203.0.113.8")
    assert real == forged != other


def test_a19_forwarded_hosts_are_ignored_even_from_a_trusted_proxy(
    app_with: Furnish,
) -> None:
    """A19: the host is the Host header that the proxy passes on; nothing replaces it."""
    app = app_with(TRUSTED_PROXIES="1")
    assert send(app, "/healthz", HTTP_X_FORWARDED_HOST="evil.example").status == 200
    assert send(app, "/healthz", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="127.0.0.1").status == 400


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
    ],
)
def test_e27_an_ipv6_network_is_one_origin(app: Flask, one: str, other: str, same: bool) -> None:
    """E27: a home has a /64 of addresses, so they count as one; nobody's address can be read back."""
    found = [seen_from(app, REMOTE_ADDR=address)[1] for address in (one, other)]
    assert (found[0] == found[1]) is same
    assert one not in str(found)


def test_no_origin_where_limits_are_off(app_with: Furnish) -> None:
    """RATE_LIMITS off: nobody is counted."""
    app = app_with(RATE_LIMITS="off")
    assert seen_from(app, REMOTE_ADDR="198.51.100.7")[1] is None
