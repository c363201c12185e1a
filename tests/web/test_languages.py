"""Which language a page speaks, how it is chosen, and what is kept of it (E70, L43, A20)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking.actions.clinics import get_clinic
from booking.actions.look_up import get_visit
from booking.wording.language import words
from tests.conftest import Furnish
from tests.databases import MORNING
from tests.web.patients.browser import PERSON, Browser
from tests.web.patients.lint import words as text_of

DRAFTED = ("fr-CA", "zh-Hans", "zh-Hant")
HEADINGS = {
    "en-CA": "What would help?",
    "fr-CA": "Qu’est-ce qui vous aiderait?",
    "zh-Hans": "您需要哪一项？",
    "zh-Hant": "您需要哪一項？",
}


def language_of(client: FlaskClient, address: str = "/", **headers: str) -> str:
    """Return the language of a page."""
    browser = Browser(client)
    for name, value in headers.items():
        client.environ_base[f"HTTP_{name.upper()}"] = value
    page = browser.get(address)
    for name in headers:
        del client.environ_base[f"HTTP_{name.upper()}"]
    return page.tree.get("lang", "")


def choose(client: FlaskClient, tag: str, back: str = "/", **headers: str) -> TestResponse:
    """Press a language's button."""
    return client.post("/language", data={"lang": tag, "back": back}, headers=headers)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr-CA"),
        ("fr-FR", "fr-CA"),
        ("en-US,en", "en-CA"),
        ("de, fr;q=0.3, en;q=0.7", "en-CA"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW,zh;q=0.8", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("yue-HK", "zh-Hant"),
        ("pa-IN,ko;q=0.9,fa;q=0.8,tl", "en-CA"),
        ("fr;q=0", "en-CA"),
        ("*", "en-CA"),
        ("", "en-CA"),
        (";;,,q=x,\u00e9", "en-CA"),
        ("x-" * 3000, "en-CA"),
    ],
)
def test_l43_the_browsers_language_is_the_first_guess(client: FlaskClient, asked: str, found: str) -> None:
    """L43: the best of what the browser asks for and the clinic has; without, the clinic's own."""
    assert language_of(client, accept_language=asked) == found


@pytest.mark.parametrize("tag", HEADINGS)
def test_a_language_is_chosen_by_a_button(client: FlaskClient, tag: str) -> None:
    """A POST keeps the choice in a cookie and leads back; from then on it beats the browser's wish."""
    answer = choose(client, tag, "/book/rmt-60?visit=first")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/book/rmt-60?visit=first")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"lang={tag}; ")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"))
    assert language_of(client, accept_language="zh-TW") == tag
    assert Browser(client).get("/").heading == HEADINGS[tag]


def test_an_address_names_a_language_for_its_page_alone(client: FlaskClient) -> None:
    """It works without cookies, beats everything, and changes nothing for the next page (GET)."""
    choose(client, "zh-Hant")
    answer = client.get("/?lang=fr-CA")
    assert HEADINGS["fr-CA"] in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert language_of(client) == "zh-Hant"


@pytest.mark.parametrize("tag", ["pa", "ko", "fa", "fil", "de", "", "../fr-CA", "FR-ca", "<b>"])
def test_a_language_that_is_not_offered_changes_nothing(client: FlaskClient, tag: str) -> None:
    """Without a catalogue a language is not offered: not by a button, an address or a forged cookie."""
    assert "Set-Cookie" not in choose(client, tag).headers
    assert language_of(client) == "en-CA"
    client.set_cookie("lang", tag)
    assert language_of(client) == "en-CA"
    assert client.get("/", query_string={"lang": tag}).status_code == 200


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example/",
        "https:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/%0d%0aX: y\r\nX: y",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/é",
        "///evil.example",
    ],
)
def test_a20_the_button_leads_nowhere_else(client: FlaskClient, back: str) -> None:
    """A20: whatever the form says, the next page is one of ours."""
    answer = choose(client, "fr-CA", back)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "X" not in answer.headers


def test_another_site_cannot_press_the_button(client: FlaskClient) -> None:
    """A9: the form needs no token, as it changes nothing here; from another site it is still refused."""
    answer = choose(client, "fr-CA", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_with_https_the_cookie_is_secure(app_with: Furnish) -> None:
    """A23: like the session's."""
    app = app_with(BASE_URL="https://book.example")
    answer = app.test_client().post(
        "/language", data={"lang": "fr-CA", "back": "/"}, base_url="https://book.example"
    )
    assert "Secure" in answer.headers["Set-Cookie"]


def test_the_foot_offers_each_language_by_its_own_name(browser_at: Browser) -> None:
    """L43: named in its own language, and said to be in it; the page's own is marked."""
    page = browser_at.get("/book/rmt-60?visit=first&practitioner=kim&nonsense=1")
    form = page.with_class("languages")[0]
    buttons = [(b.get("value"), b.get("lang"), text_of(b)) for b in form.iter("button")]
    assert buttons == [
        ("en-CA", "en-CA", "English"),
        ("zh-Hans", "zh-Hans", "简体中文"),
        ("zh-Hant", "zh-Hant", "繁體中文"),
        ("fr-CA", "fr-CA", "Français"),
    ]
    assert [b.get("value") for b in form.iter("button") if b.get("aria-current")] == ["en-CA"]
    back = next(e.get("value") for e in form.iter("input"))
    assert back == "/book/rmt-60?visit=first&practitioner=kim&from=2026-11-23"


@pytest.fixture
def browser_at(app: Flask) -> Browser:
    """A visitor."""
    return Browser(app.test_client())


@pytest.mark.parametrize("tag", DRAFTED)
def test_e70_a_booking_keeps_the_pages_language(app: Flask, browser_at: Browser, tag: str) -> None:
    """E70: the patient's language is that of the page on which they booked."""
    choose(browser_at.client, tag)
    page = browser_at.book("rmt-60", **PERSON)
    assert page.tree.get("lang") == tag
    with app.app_context():
        visit = get_visit(get_clinic(None), page.url.rpartition("/")[2], MORNING)
    assert visit.patient.language == tag


def test_names_stay_as_they_were_typed(browser_at: Browser) -> None:
    """L43: a service's name is marked with its own language, whatever the page's."""
    choose(browser_at.client, "zh-Hant")
    page = browser_at.open_form("rmt-60")
    names = [e for e in page.tree.iter("bdi") if e.get("lang") == "en-CA"]
    assert "Registered massage therapy, 60 min" in [text_of(e) for e in names]
    assert [e for e in browser_at.get("/?lang=en-CA").tree.iter("bdi") if e.get("lang")] == []


def test_the_next_request_starts_in_english(app: Flask, client: FlaskClient) -> None:
    """One visitor's language never reaches another, nor the program around the pages."""
    assert language_of(client, "/?lang=fr-CA") == "fr-CA"
    assert words().tag == "en-CA"
    answer = client.post("/api/v1/appointments", json={}, headers={"Accept-Language": "fr"})
    assert answer.json["title"] == "Some fields need another look"


def test_an_error_page_speaks_the_visitors_language(client: FlaskClient) -> None:
    """L43: what went wrong is said in the language of the page before."""
    choose(client, "fr-CA")
    page = Browser(client).get("/nothing")
    assert (page.status, page.heading) == (404, "Il n’y a rien ici")
