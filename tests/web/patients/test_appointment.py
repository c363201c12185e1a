"""The fourth screen, and the same address later."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from tests.databases import Clock
from tests.web.patients.browser import PERSON, Browser
from tests.web.patients.counting import statements
from tests.web.patients.lint import words

LASER = {**PERSON, "safety": "call_me"}


def token_url(browser: Browser) -> str:
    return browser.book("rmt-60").url


def test_booked_says_so_with_the_same_summary(browser: Browser) -> None:
    """Look.md: "You're booked.", what, when, with whom, where, price, and what to bring."""
    page = browser.book("needle-initial", practitioner="lam")
    assert page.heading == "You're booked."
    found = words(page.with_class("receipt")[0])
    assert "Acupuncture, first visit" in found
    assert "9:00 a.m., Tuesday 24 November until 10:15 a.m., Vancouver time" in found
    assert "Grace Lam, R.TCM.P CCHPBC licence SAMPLE-0001" in found
    assert "100 Sample Street, Vancouver, BC" in found
    assert "$145.00 no GST" in found
    assert "For Parvaneh Oyelaran" in found
    assert "What to bring" in page.text
    assert "A few minutes before the time: there is a short form to fill." in page.text


def test_a_quarter_of_an_hour_later_it_is_your_appointment(browser: Browser, clock: Clock) -> None:
    """The same link, opened from the e-mail, shows the appointment."""
    url = token_url(browser)
    clock.at += timedelta(minutes=15)
    page = browser.get(url)
    assert (page.status, page.heading) == (200, "Your appointment")


def test_p3_a_change_of_plan_is_one_press_away(browser: Browser, clock: Clock) -> None:
    """P3: until when it is free, and what it costs after that; too late, the phone and a call."""
    url = token_url(browser)
    text = browser.get(url).text
    assert "You can move or cancel this visit free of charge until 9:00 a.m., Monday 23 November." in text
    assert "A late cancellation costs 50% of the price. A missed visit costs 100% of the price." in text
    assert (browser.page.link("Move this visit"), browser.page.link("Cancel this visit")) == (
        f"{url}/move",
        f"{url}/cancel",
    )
    clock.at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    text = browser.get(url).text
    assert "It is too late to move or cancel this visit online." in text
    assert "We can still help. Please phone 604-555-0100." in text
    assert "Move this visit" not in text


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ({"phone": "604 555 0123"}, "We will call you before your visit."),
        (
            {"email": "ada@example.com"},
            "We will write to you before your visit, as we have no phone number of yours.",
        ),
    ],
)
def test_please_call_me_is_promised(browser: Browser, contact: dict[str, str], says: str) -> None:
    """P1: whoever is not sure about the safety notice is told that the clinic gets in touch."""
    browser.open_form("laser-45")
    page = browser.press(name="Ada", consent="1", safety="call_me", **contact)
    assert says in page.text


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ({"phone": "604 555 0123"}, "Please keep this page's address or print it"),
        ({"email": "ada@example.com"}, "A confirmation comes by e-mail in a few minutes."),
    ],
)
def test_what_follows_depends_on_the_contact(browser: Browser, contact: dict[str, str], says: str) -> None:
    """E54: a patient without e-mail is told to keep the page."""
    browser.open_form("rmt-60")
    assert says in browser.press(name="Ada", consent="1", **contact).text


def test_a7_the_page_shows_no_contact(browser: Browser) -> None:
    """A7: neither e-mail nor phone of the patient stands on the page that a link opens."""
    page = browser.book("rmt-60", phone="604 555 0199")
    assert "parvaneh@example.com" not in page.html
    assert "555-0199" not in page.html
    assert "5550199" not in page.html


def test_l14_a_page_whose_address_is_a_secret(browser: Browser) -> None:
    """L14: never stored, never indexed, its address never sent on; the token has 256 bits."""
    url = token_url(browser)
    for address in (url, f"{url}.ics"):
        headers = browser.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
    assert len(url.removeprefix("/appointment/")) == 43


def test_l14_one_link_opens_one_visit(browser: Browser, other: Browser) -> None:
    """L14, E46: somebody else's token, a cut one and an invented one open nothing."""
    url = token_url(browser)
    other.book("rmt-60", "2026-11-25T09:00", name="Quintus Fabius")
    assert "Parvaneh" not in other.page.html
    for wrong in (url[:-1], f"{url}x", "/appointment/" + "A" * 43):
        page = browser.get(wrong)
        assert (page.status, page.heading) == (404, "There is nothing here")
        assert browser.get(f"{wrong}.ics").status == 404


def test_e55_looking_changes_nothing(app: Flask, browser: Browser) -> None:
    """E55: a scanner's GET and HEAD of the page and of the calendar file write nothing."""
    url = token_url(browser)
    with statements(app) as sent:
        for address in (url, f"{url}.ics"):
            browser.client.get(address)
            browser.client.head(address)
    assert [s for s in sent if not s.startswith("SELECT")] == []


def test_e30_page_and_calendar_agree(browser: Browser) -> None:
    """E29, E30: ten o'clock in January is 10:00 on the page, 17:00Z in the file, -07:00 for programs."""
    page = browser.book("rmt-60", "2027-01-12T10:00")
    assert "10:00 a.m., Tuesday 12 January" in page.text
    assert next(page.tree.iter("time")).get("datetime") == "2027-01-12T10:00:00-07:00"
    answer = browser.client.get(page.link("Add to calendar"))
    assert answer.mimetype == "text/calendar"
    assert 'filename="appointment.ics"' in answer.headers["Content-Disposition"]
    event = Calendar.from_ical(answer.get_data()).walk("VEVENT")[0]
    assert event["DTSTART"].dt == datetime(2027, 1, 12, 17, 0, tzinfo=UTC)
    assert str(event["SUMMARY"]) == "Synergy Clinic"
    assert "10:00 a.m., Tuesday 12 January 2027, Vancouver time" in str(event["DESCRIPTION"])


def test_e14_e15_a_visit_keeps_what_it_was_sold_as(app: Flask, browser: Browser, clock: Clock) -> None:
    """E14, E15, D12: a new price and length do not change the page of a visit that is booked."""
    from booking.actions.set_up import load_setup
    from tests.databases import SAMPLE

    url = token_url(browser)
    changed = SAMPLE.read_text().replace("price_cents = 13000", "price_cents = 99900")
    with app.app_context():
        load_setup(changed, clock.at)
    assert "$136.50 with $6.50 GST" in browser.get(url).text
    assert "$1,048.95" in browser.get("/book/rmt-60").text


def test_two_statements_show_an_appointment(app: Flask, browser: Browser) -> None:
    """Query budget: 2, the clinic's stamp and the visit."""
    url = token_url(browser)
    with statements(app) as sent:
        browser.get(url)
    assert len(sent) == 2


def test_privacy_says_who_answers_for_it(browser: Browser) -> None:
    """L01, L13: officer and contact, the mail provider's country, how long, and whom to complain to."""
    text = browser.get("/privacy").text
    for part in ("Clinic manager", "desk@synergy.example", "Canada", "16 years", "Commissioner"):
        assert part in text
