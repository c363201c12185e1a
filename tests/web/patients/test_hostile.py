"""Bad input on the patients' form: never a fault of ours, always a message, nothing stored."""

import string
from collections.abc import Iterator
from unicodedata import normalize
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from booking.records.database import reading
from tests import databases
from tests.databases import Clock
from tests.web.patients.browser import PERSON, START, Browser
from tests.web.patients.lint import words

FIELDS = (
    "name",
    "email",
    "phone",
    "first_visit",
    "companion",
    "safety",
    "consent",
    "practitioner",
    "key",
    "website",
)
NASTY = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.printable, max_size=400),
    st.sampled_from(
        ["", "1", "yes", "ok", "call_me", "Null", "\r\nBcc: a@b.c", "\u202e", "\x00", "\ud7ff", "0" * 5000]
    ),
)
SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "javascript:alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;b&gt; &amp; <!--",
    "</textarea><iframe src=//evil.example>",
    "\u2028<svg/onload=alert`1`>",
]
NAMES = [
    "Cher",
    "李娜",
    "O'Brien-García d'Œuvre",
    "آرزو رضایی",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ " * 5,
    "🧑🏽\u200d⚕️ Zoë",
    "Null",
    "김민준",
    "Z" + "\u0301" * 50,
    "é",
    "A" * 200,
]


def stored(app: Flask) -> int:
    """Return the number of rows that a booking or a hold would add to."""
    tables = ("appointment", "patient", "message", "claim", "hold", "audit", "link", "idempotency")
    asked = text("SELECT " + " + ".join(f"(SELECT count(*) FROM {name})" for name in tables))
    with app.app_context():
        found: int = reading(lambda conn: conn.execute(asked).scalar_one())
    return found


@pytest.fixture(scope="module")
def one_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all examples: each of them must leave it as it was."""
    folder = tmp_path_factory.mktemp("hostile")
    with (
        databases.copied(request, folder) as url,
        databases.opened(url, folder, Clock(), RATE_LIMITS="off") as app,
    ):
        yield app


@settings(max_examples=150)
@given(typed=st.dictionaries(st.sampled_from(FIELDS), NASTY, max_size=len(FIELDS)))
def test_b1_whatever_is_typed_gets_an_answer(one_app: Flask, typed: dict[str, str]) -> None:
    """B1: no 5xx; each refused field has a message; nothing is stored on refusal; the page stays valid."""
    before = stored(one_app)
    browser = Browser(one_app.test_client())
    browser.open_form("laser-45", "2026-11-27T10:00")
    page = browser.press(**{"name": "", **typed})
    assert page.status in (200, 400, 409, 422)
    if page.status == 200:
        assert page.heading == "You're booked."
        return
    assert stored(one_app) == before
    if page.status == 422:
        linked = {a.get("href", "")[1:] for a in page.with_class("notice")[0].iter("a")}
        assert set(page.faults()) <= linked
        assert words(page.with_class("notice")[0])


@pytest.fixture(scope="module")
def fields(one_app: Flask) -> tuple[Browser, dict[str, str]]:
    """A visitor with a page open, and what its form would send."""
    browser = Browser(one_app.test_client())
    return browser, browser.get("/book/rmt-30").fields()


@settings(max_examples=60)
@given(
    start=st.one_of(
        st.text(alphabet="0123456789-:T", min_size=1, max_size=20),
        st.builds(
            "{:04}-{:02}-{:02}T{:02}:{:02}".format,
            st.sampled_from([0, 1, 1999, 2000, 2026, 2027, 2100, 9999]),
            st.integers(0, 13),
            st.integers(0, 32),
            st.integers(0, 25),
            st.integers(0, 61),
        ),
    )
)
def test_b9_whatever_the_start_nothing_wrong_is_stored(
    one_app: Flask, fields: tuple[Browser, dict[str, str]], start: str
) -> None:
    """B9: no such date, year 0 and 9999, 24:00, off the grid, past, far ahead: 404, 409 or 422, in words."""
    browser, sent = fields
    before = stored(one_app)
    assert browser.get(f"/book/rmt-30/{start}").status in (200, 404, 409)
    assert browser.post(f"/book/rmt-30/{start}", sent | {"name": "Ada"}).status in (404, 409, 422)
    kept = browser.post("/book/rmt-30/hold", sent | {"start": start})
    assert kept.status in (200, 409, 422)
    if kept.status == 200:
        browser.post("/book/rmt-30/hold/release", sent)
    assert stored(one_app) == before


@pytest.mark.parametrize("attack", SCRIPTS)
def test_b3_what_is_typed_is_never_markup(app: Flask, attack: str) -> None:
    """B3: as a name that is booked and as everything that is refused, in forms, pages and addresses."""
    browser = Browser(app.test_client())
    browser.open_form("laser-45", query=f"?practitioner={quote(attack)}")
    refused = browser.press(name=attack, email=attack, phone=attack, safety=attack, website=attack)
    assert refused.status == 422
    assert refused.fields()["name"] == attack.replace("\r\n", "\n")
    browser.open_form("rmt-60")
    page = browser.press(**PERSON | {"name": attack})
    if page.status == 422:
        assert "name" in page.faults()
        return
    assert page.heading == "You're booked."
    assert f"For {' '.join(attack.split())}" in page.text
    assert "49" not in words(page.with_class("reference")[0]).replace(attack, "").split("Reference")[0]


@pytest.mark.parametrize("name", NAMES)
def test_e48_b7_every_name_is_somebodys(app: Flask, name: str) -> None:
    """E48, B7: one letter, 200 letters, Persian, Punjabi, emoji, marks: booked and shown, isolated."""
    browser = Browser(app.test_client())
    browser.open_form("rmt-60")
    page = browser.press(**PERSON | {"name": name})
    assert page.heading == "You're booked."
    shown = next(page.tree.iter("bdi"))
    assert "".join(shown.itertext()) == normalize("NFC", name.strip())


@pytest.mark.parametrize(
    "name", ["", "   ", "\u200b", "A" * 201, "Ada\nBcc: x@y.z", "Ada\x07", "\u0301\u0301"]
)
def test_a_name_that_is_none_is_refused(app: Flask, name: str) -> None:
    """Issue 2, bad input: empty, invisible, 201 letters, control characters: 422 beside the field."""
    browser = Browser(app.test_client())
    browser.open_form("rmt-60")
    page = browser.press(**PERSON | {"name": name})
    assert page.status == 422
    assert set(page.faults()) == {"name"}
    assert stored(app) == 0


@pytest.mark.parametrize(
    "email", ["a@b.example\nBcc: c@d.example", "a b@c.example", "@", "a" * 250 + "@b.ca"]
)
def test_an_address_that_is_none_is_refused(app: Flask, email: str) -> None:
    """Issue 2, bad input: an e-mail with a line break and its relatives: 422 beside the field."""
    browser = Browser(app.test_client())
    browser.open_form("rmt-60")
    page = browser.press(**PERSON | {"email": email})
    assert page.status == 422
    assert set(page.faults()) == {"email"}


def test_b8_broken_bytes_are_refused(app: Flask) -> None:
    """B8: a lone continuation byte and NUL in the form: 400, a page in words."""
    browser = Browser(app.test_client())
    page = browser.open_form("rmt-60")
    for raw in (b"name=%ff", b"name=a%00b"):
        answer = browser.client.post(page.url, data=raw, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400


def test_b10_a_body_of_ten_megabytes_is_refused(app: Flask) -> None:
    """B10: 413 with a page in words."""
    browser = Browser(app.test_client())
    page = browser.open_form("rmt-60")
    answer = browser.client.post(page.url, data={"name": "x" * 10_000_000})
    assert answer.status_code == 413
    assert START in page.url
