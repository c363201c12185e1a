"""A week's page is made once and kept; whatever changes what is free makes it anew (G8)."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from booking.actions.set_up import load_setup
from tests.databases import SAMPLE, Clock
from tests.web.patients.browser import Browser

PAGE = "/book/rmt-60?practitioner=kim&from=2026-11-24"
NINE, QUARTER_PAST_TEN = "2026-11-24T09:00", "2026-11-24T10:15"


def free(browser: Browser, page: str = PAGE) -> list[str]:
    return browser.get(page).starts()


def test_a_booking_is_seen_by_everybody_at_once(browser: Browser, other: Browser) -> None:
    """The page that was kept before a booking is not shown after it."""
    assert NINE in free(browser)
    other.book("rmt-60", practitioner="kim")
    assert NINE not in free(browser)
    assert QUARTER_PAST_TEN in free(browser)


def test_a_hold_is_seen_by_others_and_not_by_its_visitor(browser: Browser, other: Browser) -> None:
    """E27: the visitor's own page is their own; everybody else's leaves the time out."""
    free(browser)
    browser.press(start=NINE)
    assert NINE not in free(other)
    assert NINE in free(browser)
    assert NINE not in free(other)


def test_a_hold_that_ends_gives_the_time_back(browser: Browser, other: Browser, clock: Clock) -> None:
    """A kept page ends with the first hold that it counted, though nothing is written then."""
    free(browser)
    browser.press(start=NINE)
    assert NINE not in free(other)
    clock.at += timedelta(minutes=10)
    assert NINE in free(other)


def test_a_released_time_is_back(browser: Browser, other: Browser) -> None:
    """Letting go changes the clinic's count of changes, and with it every kept page."""
    free(browser)
    browser.press(start=NINE)
    assert NINE not in free(other)
    browser.press("/book/rmt-60/hold/release")
    assert NINE in free(other)


def test_e45_the_lead_time_moves_with_the_clock(browser: Browser, clock: Clock) -> None:
    """E45: exactly now and lead is still offered, a minute later it is gone, in chips and as next free."""
    page = "/book/needle-followup?practitioner=lam"
    clock.at = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    assert free(browser, page)[0] == "2026-11-24T15:00"
    clock.at += timedelta(minutes=1)
    assert free(browser, page)[0] == "2026-11-24T15:15"
    later = "/book/needle-followup?practitioner=lam&from=2026-12-07"
    assert browser.get(later).with_class("wide")[0].get("value") == "2026-11-24T15:15"
    clock.at += timedelta(minutes=15)
    assert browser.get(later).with_class("wide")[0].get("value") == "2026-11-24T15:30"


def test_midnight_moves_the_week(browser: Browser, clock: Clock) -> None:
    """What was "Tomorrow" becomes "Today" at the clinic's midnight."""
    clock.at = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    assert "Tomorrow, Tuesday 24 November" in browser.get("/book/rmt-60").text
    clock.at += timedelta(minutes=1)
    assert "Today, Tuesday 24 November" in browser.get("/book/rmt-60").text


def test_a_new_set_up_shows_at_once(app: Flask, browser: Browser, clock: Clock) -> None:
    """Issue 2, item 2: loading the clinic again changes price and hours on the next page."""
    assert "$136.50" in browser.get("/book/rmt-60").text
    changed = SAMPLE.read_text().replace("price_cents = 13000", "price_cents = 14000")
    with app.app_context():
        load_setup(changed, clock.at)
    assert "$147.00" in browser.get("/book/rmt-60").text


def test_a_kept_page_carries_the_visitors_own_token(browser: Browser, other: Browser) -> None:
    """A9: two visitors see the same page with different tokens, and each can go on from it."""
    mine, theirs = browser.get(PAGE).fields(), other.get(PAGE).fields()
    assert mine["csrf_token"] != theirs["csrf_token"]
    assert browser.press(start=NINE).heading == "Your details"
    assert other.press(start="2026-11-24T12:45").heading == "Your details"


def test_a_refusal_is_never_kept(app: Flask, browser: Browser, other: Browser) -> None:
    """What one visitor was told is not told to the next."""
    browser.get(PAGE)
    other.get(PAGE)
    other.press(start=NINE)
    assert browser.press(start=NINE).status == 409
    assert "Someone was a moment quicker." not in Browser(app.test_client()).get(PAGE).text
