"""M7, A7: whatever a scanner fetches changes nothing, and what a visit's pages show is a frozen list."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.mail.deliver import deliver
from tests import databases
from tests.databases import BASE_URL, Clock
from tests.web.patients.browser import Browser
from tests.web.patients.lint import words
from tests.web.patients.scanning import checksum, links_of_mails
from tests.web.patients.visits import LAST_FREE, booked, standing

TARGET = re.compile(r'(?:href|action|formaction|src)="([^"]+)"')
FORMS = ("move", "cancel", "contact", "call-back", "again", "stop-reminders")


def crawl(app: Flask, begin: set[str]) -> set[str]:
    """Fetch three times what scanners reach from some addresses, without cookies; return the addresses."""
    client = app.test_client()
    todo, seen = sorted(begin), set(begin)
    while todo:
        address = todo.pop()
        for method in ("GET", "HEAD", "GET"):
            assert client.open(address, method=method, follow_redirects=True).status_code < 500
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype != "text/html" or not address.startswith("/appointment/"):
            continue  # what is beyond is every visitor's
        for target in TARGET.findall(answer.get_data(as_text=True)):
            found = urljoin(address, unescape(target))
            if not urlsplit(found).scheme and not found.startswith("/static/") and found not in seen:
                seen.add(found)
                todo.append(found)
    return seen


@pytest.fixture
def told(app: Flask, browser: Browser, clock: Clock) -> str:
    """A visit whose confirmation and first reminder have left and whose link was asked for again."""
    url = booked(browser, start="2026-11-27T10:00", practitioner="")
    browser.get("/lost-link")
    browser.press(email="parvaneh@example.com")
    for wait in (timedelta(minutes=4), timedelta(days=2, hours=3)):
        clock.at += wait
        with app.app_context():
            deliver()
    return url


def test_m7_e55_a_scanner_changes_nothing(app: Flask, usual_url: str, browser: Browser, told: str) -> None:
    """M7, E55: every link and form of every mail and page, fetched three times: the database is as before."""
    begin = links_of_mails(Path(app.instance_path) / "mail", BASE_URL)
    assert {told, f"{told}/stop-reminders"} <= begin
    before = checksum(usual_url)
    reached = crawl(app, begin | {f"{told}/{what}" for what in FORMS})
    assert {f"{told}/{what}" for what in ("move", "cancel", "contact", "again")} <= reached
    assert len([one for one in reached if one.startswith(f"{told}/move?")]) >= 3
    assert checksum(usual_url) == before
    browser.get(f"{told}/cancel")
    assert browser.press().heading == "This appointment is cancelled."  # the link still works for people


def test_m7_nor_when_it_is_too_late(app: Flask, usual_url: str, browser: Browser, clock: Clock) -> None:
    """M7: the pages of a late, a past and a cancelled visit and of a chosen time do nothing either."""
    url = booked(browser)
    before = checksum(usual_url)
    crawl(app, {url, f"{url}/move?start=2026-11-30T10:00&practitioner=kim", f"{url}?done=moved"})
    for at in (LAST_FREE + timedelta(hours=1), LAST_FREE + timedelta(days=3)):
        clock.at = at
        crawl(app, {url, *(f"{url}/{what}" for what in FORMS)})
    assert checksum(usual_url) == before


SHOWN = {  # A7: the labels, the fields and the headings of each page; nothing else is the patient's
    "": (
        ["What", "When", "With", "Where", "Price"],
        {"csrf_token"},
        ["You're booked.", "Your visit", "A change of plan", "What to bring", "How we reach you"],
    ),
    "/cancel": (
        ["What", "When", "With", "Where", "Price"],
        {"csrf_token", "version"},
        ["Cancel this visit?", "Your visit"],
    ),
    "/move?start=2026-11-30T10:00": (
        ["What", "When", "With", "Where", "Price"],
        {"csrf_token", "version", "start", "practitioner"},
        ["Move to this time?", "The new time"],
    ),
    "/contact": ([], {"csrf_token", "email", "phone"}, ["How we reach you"]),
    "/stop-reminders": ([], {"csrf_token"}, ["Stop reminder e-mails?"]),
}
PLACES = ("Opening hours", "Where", "Prefer to talk?")


@pytest.mark.parametrize("what", SHOWN)
def test_a7_what_a_page_shows_is_a_frozen_list(browser: Browser, what: str) -> None:
    """A7: exactly these labels, fields and headings; neither e-mail nor phone, in any spelling."""
    url = booked(browser, phone="604 555 0199")
    page = browser.get(f"{url}{what}")
    main = next(page.tree.iter("main"))
    labels, fields, headings = SHOWN[what]
    assert [words(dt) for dt in main.iter("dt")] == labels
    assert {e.get("name") for e in main.iter("input")} == fields
    assert [words(h) for h in main.iter() if h.tag in ("h1", "h2")] == headings
    for private in ("parvaneh@", "555-0199", "5550199", "555 0199"):
        assert private not in page.html


@pytest.mark.parametrize("what", ["", ".ics", *(f"/{what}" for what in FORMS)])
def test_l14_a_wrong_link_opens_no_door(app: Flask, browser: Browser, other: Browser, what: str) -> None:
    """A3, L14, issue 3: cut short, altered, lengthened, of another visit: 404 in words, nothing changes."""
    url = booked(browser)
    csrf = browser.get(url).fields()
    theirs = booked(other, start="2026-11-26T13:00", name="Wei Chen", practitioner="")
    before = standing(app)
    altered = url[:-1] + ("A" if url[-1] != "A" else "B")
    for wrong in (url[:-1], altered, f"{url}x", url.lower(), "/appointment/" + "A" * 43):
        answers = [browser.get(f"{wrong}{what}")] if what in ("", ".ics") else []
        answers += [browser.post(f"{wrong}{what}", csrf)] if what not in ("", ".ics") else []
        assert [(page.status, page.heading) for page in answers] == [(404, "There is nothing here")]
    assert "Parvaneh" not in browser.get(theirs).html
    assert standing(app) == before


def test_l14_a_link_dies_after_the_visit(browser: Browser, clock: Clock) -> None:
    """A3, L14: 30 days after the visit its pages are gone, the forms too."""
    url = booked(browser)
    csrf = browser.get(url).fields()
    clock.at = LAST_FREE + timedelta(days=32)
    for what in ("move", "cancel", "contact", "call-back", "again"):
        assert browser.post(f"{url}/{what}", csrf).status == 404


def test_a_page_that_was_open_too_long_is_told(browser: Browser) -> None:
    """A9: without the form's token nothing is done, and the page says so."""
    url = booked(browser)
    for what in FORMS:
        assert browser.post(f"{url}/{what}", {}).heading == "This page was open for too long"


NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["", "1", "2026-11-26T10:00", "kim", "lam", "\u202e", "\ud7ff", "9" * 3000, "a@b.ca"]),
)
NAMES = ("start", "practitioner", "version", "email", "phone", "from", "done", "List-Unsubscribe")


@pytest.fixture(scope="module")
def one_visit(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Browser, str, dict[str, str]]]:
    """One application, a visitor and their visit for all examples."""
    folder = tmp_path_factory.mktemp("visits")
    with (
        databases.copied(request, folder) as url,
        databases.opened(url, folder, Clock(), RATE_LIMITS="off") as app,
    ):
        browser = Browser(app.test_client())
        address = booked(browser)
        yield app, browser, address, browser.get(address).fields()


@settings(max_examples=150)
@given(what=st.sampled_from(FORMS), typed=st.dictionaries(st.sampled_from(NAMES), NASTY, max_size=5))
def test_b1_whatever_is_sent_gets_an_answer(
    one_visit: tuple[Flask, Browser, str, dict[str, str]], what: str, typed: dict[str, str]
) -> None:
    """B1, B11: every form and address with any text: no 5xx, valid pages, a refusal changes nothing."""
    app, browser, url, csrf = one_visit
    assert browser.client.get(f"{url}/{what}", query_string=typed).status_code < 500
    if what in ("cancel", "contact"):
        typed = typed | {"version": "0", "email": "nobody"}  # refused, or there is no visit left
    before = standing(app)
    page = browser.post(f"{url}/{what}", csrf | typed)
    assert page.status in (200, 400, 409, 422)
    if page.status != 200:
        assert standing(app) == before
