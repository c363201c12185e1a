"""The first screen: three treatments of equal weight, lengths, prices with tax."""

import gzip
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.web.patients.browser import Browser
from tests.web.patients.counting import statements
from tests.web.patients.lint import words

KILOBYTE = 1024


def test_three_treatments_with_equal_billing(browser: Browser) -> None:
    """Issue 2, item 4: acupuncture, needle-free laser acupuncture and massage, each a card of its own."""
    page = browser.get("/")
    assert page.status == 200
    cards = page.with_class("card")
    assert [words(next(card.iter("h2"))) for card in cards] == [
        "Acupuncture",
        "Needle-free laser acupuncture",
        "Massage",
    ]
    assert {tuple(words(h) for h in card.iter("h3")) for card in cards} == {
        ("First visit", "Been here before")
    }


def test_every_service_is_offered_with_its_total(browser: Browser) -> None:
    """Prices are shown with tax: 30 minutes of massage for 75.00 cost 78.75."""
    page = browser.get("/")
    tiles = [[words(a) for a in card.iter("a")] for card in page.with_class("card")]
    assert tiles == [
        ["Acupuncture, first visit: 75 min $145.00", "Acupuncture, been here before: 60 min $110.00"],
        [
            "Needle-free laser acupuncture, first visit: 60 min $135.00",
            "Needle-free laser acupuncture, been here before: 30 min $70.00",
            "Needle-free laser acupuncture, been here before: 45 min $95.00",
        ],
        [
            "Massage, first visit: 60 min $136.50",
            "Massage, first visit: 75 min $168.00",
            "Massage, first visit: 90 min $199.50",
            "Massage, been here before: 30 min $78.75",
            "Massage, been here before: 45 min $110.25",
            "Massage, been here before: 60 min $136.50",
            "Massage, been here before: 75 min $168.00",
            "Massage, been here before: 90 min $199.50",
        ],
    ]
    assert "30 to 90 minutes from $78.75, tax included" in page.text


def test_each_tile_leads_to_its_times(browser: Browser) -> None:
    """The word about a first visit travels on where the service does not imply it."""
    page = browser.get("/")
    assert page.link("Massage, first visit: 75 min $168.00") == "/book/rmt-75?visit=first"
    assert page.link("Massage, been here before: 30 min $78.75") == "/book/rmt-30"
    for card in page.with_class("card"):
        for link in card.iter("a"):
            assert browser.get(link.get("href", "")).status == 200


def test_hours_and_address_are_at_hand(browser: Browser) -> None:
    """Opening hours and the address stand below the cards."""
    text = browser.get("/").text
    assert "Monday to Saturday 9:00 a.m. to 7:00 p.m." in text
    assert "Sunday 9:00 a.m. to 3:00 p.m." in text
    assert "100 Sample Street, Vancouver, BC" in text


def test_l32_no_card_promises_anything(browser: Browser) -> None:
    """L32: no cure, no proof, no testimonial; the laser is an adjunct."""
    text = browser.get("/").text.lower()
    for promise in ("cure", "heal", "proven", "guarantee", "relief", "phobia", "worry", "prick"):
        assert promise not in text
    assert "adjunct" in text


def test_the_laser_card_names_needles_only_in_needle_free(browser: Browser) -> None:
    """Domain 2.6: whoever chose the laser reads of needles only in "needle-free"."""
    card = words(browser.get("/").with_class("card")[1]).lower()
    assert card.count("needle") == card.count("needle-free") > 0


def test_the_first_page_is_light(browser: Browser, client: FlaskClient) -> None:
    """With everything it loads at most 30 KB (gzip 6) in at most 6 requests."""
    page = browser.get("/")
    names = {
        e.get("href") or e.get("src") or "" for e in page.tree.iter() if e.tag in ("link", "script", "img")
    }
    bodies = [page.html.encode()] + [client.get(name, buffered=True).data for name in names]
    assert len(bodies) <= 6
    assert sum(len(gzip.compress(body, 6)) for body in bodies) <= 30 * KILOBYTE


def test_everything_a_page_loads_is_there(browser: Browser, client: FlaskClient) -> None:
    """Style sheets, pictures and scripts of each screen are served, for ever cacheable."""
    pages = [browser.get("/"), browser.get("/book/rmt-60"), browser.open_form("rmt-60")]
    names = {
        e.get("href") or e.get("src") or ""
        for page in pages
        for e in page.tree.iter()
        if e.tag in ("link", "script", "img")
    }
    for name in sorted(names):
        answer = client.get(name, buffered=True)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_one_statement_shows_the_services(app: Flask, browser: Browser) -> None:
    """Query budget: 1, the clinic's stamp."""
    browser.get("/")
    with statements(app) as sent:
        browser.get("/")
    assert len(sent) == 1


def test_nothing_is_loaded_from_others() -> None:
    """L13: static/VENDOR.md lists no file, and no static file names another host."""
    folder = Path(__file__).parents[3] / "static"
    for path in folder.rglob("*.*"):
        found = path.read_text()
        assert "//" not in found.replace("http://www.w3.org/2000/svg", "").replace("// ", ""), path
