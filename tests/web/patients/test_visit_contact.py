"""Correcting the contact, booking the same again, and asking for a lost link."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import Clock
from tests.web.patients.browser import Browser
from tests.web.patients.lint import words
from tests.web.patients.visits import ask, booked

PATIENT = "SELECT email, phone FROM patient"


def test_e71_a_corrected_address_gets_a_new_link(app: Flask, browser: Browser) -> None:
    """E71: the page moves to the new link, the old one is dead, the phone that was left empty stays."""
    url = booked(browser, phone="604 555 0199", email="parvaneh@exmaple.com")
    browser.get(browser.get(url).link("Correct my e-mail or phone"))
    page = browser.press(email="parvaneh@example.com")
    assert page.status == 200
    assert page.url.startswith("/appointment/")
    assert not page.url.startswith(url)
    assert "We are writing to your new address." in page.text
    assert browser.get(url).status == 404
    assert ask(app, PATIENT) == [("parvaneh@example.com", "+16045550199")]


def test_a_corrected_number_leaves_the_link(app: Flask, browser: Browser) -> None:
    """E71: only a new address closes links."""
    url = booked(browser)
    browser.get(f"{url}/contact")
    page = browser.press(phone="604 555 0142")
    assert page.url == f"{url}?done=contact"
    assert ask(app, PATIENT) == [("parvaneh@example.com", "+16045550142")]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({}, {"email"}),
        ({"email": "parvaneh@"}, {"email"}),
        ({"phone": "12"}, {"phone"}),
        ({"email": "a@b.ca\nBcc: c@d.ca", "phone": "call me"}, {"email", "phone"}),
    ],
)
def test_a_contact_that_is_none_is_refused(
    app: Flask, browser: Browser, typed: dict[str, str], faults: set[str]
) -> None:
    """Issue 3, bad input: 422 beside the field, with what was typed; nothing changes."""
    url = booked(browser)
    before = ask(app, PATIENT)
    browser.get(f"{url}/contact")
    page = browser.press(**typed)
    assert (page.status, set(page.faults())) == (422, faults)
    assert ask(app, PATIENT) == before


def test_p2_the_same_again_in_one_step(browser: Browser) -> None:
    """P2: service, practitioner and visit are chosen, then name and contact are filled in."""
    url = booked(browser, phone="604 555 0199")
    browser.get(url)
    page = browser.press(f"{url}/again")
    assert page.url == "/book/rmt-60?visit=before&practitioner=kim"
    page = browser.press("/book/rmt-60/hold", start=page.starts()[-1], practitioner="kim", visit="before")
    assert page.heading == "Your details"
    filled = {name: page.fields()[name] for name in ("name", "email", "phone")}
    assert filled == {
        "name": "Parvaneh Oyelaran",
        "email": "parvaneh@example.com",
        "phone": "604-555-0199",
    }
    assert "consent" not in page.fields()
    assert browser.press(consent="1").heading == "You're booked."
    assert browser.open_form("rmt-60", "2026-12-02T10:00").fields()["name"] == ""


def test_p2_after_a_first_visit_the_next_is_not_one(browser: Browser) -> None:
    """E49: whoever booked a first visit books a follow-up of about that length again."""
    url = browser.book("needle-initial", "2026-11-25T11:00", practitioner="lam").url
    browser.get(url)
    page = browser.press(f"{url}/again")
    assert page.url == "/book/needle-followup?practitioner=lam"


def test_e51_only_the_link_fills_anything_in(browser: Browser, other: Browser, clock: Clock) -> None:
    """E51, P2: not for another browser, not after half an hour, not once the link is closed."""
    url = booked(browser)
    browser.get(url)
    browser.press(f"{url}/again")
    assert browser.open_form("rmt-60", "2026-12-02T10:00").fields()["name"] == "Parvaneh Oyelaran"
    assert other.open_form("rmt-60", "2026-12-02T10:00").fields()["name"] == ""
    clock.at += timedelta(minutes=30)
    assert browser.open_form("rmt-60", "2026-12-02T10:00").fields()["name"] == ""
    browser.get(url)
    browser.press(f"{url}/again")
    other.get(f"{url}/contact")
    other.press(email="new@example.com")
    assert browser.open_form("rmt-60", "2026-12-02T10:00").fields()["name"] == ""


def test_a2_the_session_holds_no_token_in_clear(browser: Browser) -> None:
    """A2: what the browser keeps for booking again is sealed."""
    from base64 import urlsafe_b64decode

    url = booked(browser)
    browser.get(url)
    browser.press(f"{url}/again")
    cookie = browser.client.get_cookie("clinic")
    assert cookie is not None
    payload = cookie.decoded_value.split(".")[0 if not cookie.decoded_value.startswith(".") else 1]
    opened = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert url.rpartition("/")[2].encode() not in opened


def test_a17_the_answer_to_a_lost_link_tells_nothing(app: Flask, browser: Browser, other: Browser) -> None:
    """A17: known, unknown and too often: the same status, address and words."""
    booked(browser)
    answers = set()
    for address in ("parvaneh@example.com", "nobody@example.com", *["parvaneh@example.com"] * 4):
        other.get("/lost-link")
        page = other.press(email=address)
        answers.add((page.status, page.url, page.text))
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (200, "/lost-link?sent=1")
    # Three for the one address, one for the other (A18).
    assert ask(app, "SELECT count(*) FROM link_request") == [(4,)]


@pytest.mark.parametrize("typed", ["", "parvaneh", "a@b.ca\r\nBcc: c@d.ca", "@", "x" * 300 + "@b.ca"])
def test_a_lost_link_needs_an_address(app: Flask, browser: Browser, typed: str) -> None:
    """Issue 3, bad input: 422 beside the field; nothing is noted."""
    browser.get("/lost-link")
    page = browser.press(email=typed)
    assert (page.status, set(page.faults())) == (422, {"email"})
    assert words(page.with_class("notice")[0])
    assert ask(app, "SELECT kind FROM message") == []


def test_a_dead_link_leads_to_a_new_one(browser: Browser) -> None:
    """A3: cut short or altered: 404 in words, and the way to the right link."""
    page = browser.get(f"{booked(browser)[:-1]}")
    assert page.status == 404
    assert page.link("Send me my link") == "/lost-link"
