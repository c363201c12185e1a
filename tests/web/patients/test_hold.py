"""Keeping a time while the form is filled: one a visitor, extendable, told in words when it is gone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reading
from tests.databases import Clock
from tests.web.patients.browser import PERSON, START, Browser, Page
from tests.web.patients.lint import words

TIMES = "/book/needle-followup?practitioner=lam&from=2026-11-24"
FORM = f"/book/needle-followup/{START}?practitioner=lam"


def holds(app: Flask) -> list[str]:
    """Return the starts that are kept, whoever keeps them."""
    with app.app_context():
        rows = reading(lambda conn: conn.execute(text("SELECT starts FROM hold ORDER BY starts")).all())
    return [str(row.starts)[:16] for row in rows]


def instead(page: Page) -> list[str]:
    return [words(b) for line in page.with_class("instead") for b in line.iter("button")]


def hold(browser: Browser, start: str = START) -> Page:
    browser.get(TIMES)
    return browser.press(start=start)


def test_a_time_is_kept_and_leads_to_the_form(app: Flask, browser: Browser) -> None:
    """POST hold answers 303 to the form, which says until when: ten minutes from 8:00."""
    page = hold(browser)
    assert (page.url, page.status, page.heading) == (FORM, 200, "Your details")
    assert "Kept for you until 8:10 a.m." in page.text
    assert holds(app) == ["2026-11-24 09:00"]


def test_the_form_alone_keeps_nothing(app: Flask, browser: Browser) -> None:
    """Contract: GET shows the form and holds nothing."""
    page = browser.get(FORM)
    assert page.status == 200
    assert "This time is free now. It is yours when you press Book." in page.text
    assert holds(app) == []


def test_e27_one_visitor_keeps_one_time(app: Flask, browser: Browser) -> None:
    """E27: choosing another time lets go of the first."""
    hold(browser)
    hold(browser, "2026-11-24T10:00")
    assert holds(app) == ["2026-11-24 10:00"]


def test_a_taken_time_is_told_in_words(browser: Browser, other: Browser) -> None:
    """Look.md: not an error page but the times again, with the three nearest as buttons, status 409."""
    browser.get("/book/rmt-60?practitioner=kim&from=2026-11-24")
    other.get("/book/rmt-60?practitioner=kim&from=2026-11-24")
    other.press(start="2026-11-24T09:00")
    page = browser.press(start="2026-11-24T09:00")
    assert (page.status, page.heading) == (409, "When suits you?")
    assert "Someone was a moment quicker. Free close to it:" in page.text
    assert instead(page) == ["10:15 a.m.", "10:30 a.m.", "10:45 a.m."]
    page = browser.press(start="2026-11-24T10:15")
    assert (page.status, page.heading) == (200, "Your details")


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("2026-11-22T10:00", "This time has passed."),
        ("2026-11-23T09:00", "This is too soon to book online. Please call us."),
        ("2026-11-24T09:05", "Visits do not start at this minute."),
        ("2026-11-24T18:30", "The visit does not fit into the opening hours of this day."),
        ("2026-12-25T10:00", "The clinic is closed on this day."),
        ("2027-02-22T10:00", "This is further ahead than can be booked online."),
        ("2026-11-27T10:00", "The practitioner does not work at this time."),
        ("2026-11-24T12:30", "The practitioner has a break at this time."),
    ],
)
def test_a_start_that_a_rule_refuses_says_which(app: Flask, browser: Browser, start: str, says: str) -> None:
    """Issue 2, bad input: past, lead, grid, hours, holiday, horizon, shift and break, each 409 in words."""
    page = hold(browser, start)
    assert page.status == 409
    assert says in page.text
    assert len(instead(page)) == 3
    assert holds(app) == []
    page = browser.get(f"/book/needle-followup/{start}?practitioner=lam")
    assert (page.status, page.heading) == (409, "When suits you?")
    assert says in page.text


def test_a_licence_is_needed(app: Flask, browser: Browser) -> None:
    """L30: a massage therapist cannot be kept for acupuncture."""
    browser.get(TIMES)
    page = browser.press(start=START, practitioner="kim")
    assert page.status == 409
    assert "This practitioner is not licensed for this treatment on that day." in page.text
    assert holds(app) == []


@pytest.mark.parametrize("start", ["", "soon", "2026-02-30T10:00", "2026-11-24", "2026-11-24T09:00:00-07:00"])
def test_what_is_no_time_is_refused(browser: Browser, start: str) -> None:
    """B9: 422 with the times to choose from."""
    page = hold(browser, start)
    assert page.status == 422
    assert "Please choose one of these times." in page.text
    assert browser.get(f"/book/needle-followup/{start or 'x'}").status == 404


def test_more_time_keeps_what_was_typed(browser: Browser, clock: Clock) -> None:
    """E23: the hold is extended by a button, without script, and the form stays as it was."""
    hold(browser)
    clock.at += timedelta(minutes=6)
    page = browser.press("/book/needle-followup/hold/extend", **PERSON)
    assert page.status == 200
    assert "Kept for you until 8:16 a.m." in page.text
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert page.fields()["consent"] == "1"
    assert browser.press().heading == "You're booked."


def test_more_time_ends_after_forty_minutes(browser: Browser, clock: Clock) -> None:
    """A time cannot be kept for ever: at four times ten minutes the button is gone."""
    hold(browser)
    for _ in range(4):
        clock.at += timedelta(minutes=9)
        page = browser.press("/book/needle-followup/hold/extend")
    assert "Kept for you until 8:40 a.m." in page.text
    assert "More time" not in page.text
    assert "Another time" in page.text


def test_e23_an_expired_hold_that_is_still_free_can_be_booked(browser: Browser, clock: Clock) -> None:
    """E23: expired and still free: booking succeeds."""
    hold(browser)
    clock.at += timedelta(minutes=11)
    assert browser.press(**PERSON).heading == "You're booked."


def test_e23_more_time_after_the_end_takes_the_time_anew(browser: Browser, clock: Clock) -> None:
    """E23: pressing More time a minute too late keeps the time again where it is free."""
    hold(browser)
    clock.at += timedelta(minutes=11)
    page = browser.press("/book/needle-followup/hold/extend", name="Ada")
    assert "Kept for you until 8:21 a.m." in page.text
    assert page.fields()["name"] == "Ada"


def test_more_time_for_a_time_that_is_gone_keeps_what_was_typed(
    browser: Browser, other: Browser, clock: Clock
) -> None:
    """E21, E23: somebody took it in between: 409, the nearest times, and nothing to type again."""
    browser.get("/book/rmt-60?practitioner=kim&from=2026-11-24")
    browser.press(start=START)
    clock.at += timedelta(minutes=11)
    assert other.book("rmt-60", practitioner="kim").heading == "You're booked."
    page = browser.press("/book/rmt-60/hold/extend", name="Ada")
    assert page.status == 409
    assert "Someone was a moment quicker." in page.text
    assert page.fields()["name"] == "Ada"
    assert instead(page) == ["Book 10:15 a.m.", "Book 10:30 a.m.", "Book 10:45 a.m."]


def test_the_form_tells_the_browser_when_to_warn(browser: Browser) -> None:
    """E23: seconds left and both warnings are in the page; the script counts, the server speaks."""
    kept = hold(browser).with_class("kept")[0]
    assert kept.get("data-seconds") == "600"
    assert "two more minutes" in kept.get("data-soon", "")
    assert "no longer kept" in kept.get("data-gone", "")


def test_another_time_lets_go(app: Flask, browser: Browser) -> None:
    """The button releases the time and shows the same week again."""
    hold(browser)
    page = browser.press("/book/needle-followup/hold/release")
    assert page.url == TIMES
    assert holds(app) == []


def test_a_language_keeps_a_speaker(browser: Browser) -> None:
    """L35: whoever asked for Persian is kept with the one who speaks it, not with anyone."""
    browser.get("/book/rmt-60?language=fa&from=2026-11-25")
    page = browser.press(start="2026-11-25T13:00")
    assert page.url == "/book/rmt-60/2026-11-25T13:00?practitioner=ahmadi"
    assert "Niloufar Ahmadi, RMT" in page.text


def test_anyone_is_named_once_the_time_is_kept(browser: Browser) -> None:
    """L30: title, licence and body of the person who is kept, "anyone" before that."""
    assert "Anyone who is free" in browser.get(f"/book/rmt-60/{START}").text
    browser.get("/book/rmt-60?from=2026-11-24")
    page = browser.press(start=START)
    assert "Sarah Kim, RMT CCHPBC licence SAMPLE-0003" in page.text


def test_a9_a_stolen_form_keeps_nothing(app: Flask, browser: Browser) -> None:
    """A9: without a token of this visitor's own nothing is kept."""
    browser.get(TIMES)
    page = browser.press(start=START, csrf_token="forged")
    assert page.status == 400
    assert holds(app) == []


@pytest.mark.parametrize("path", ["hold", "hold/extend", "hold/release"])
def test_looking_never_keeps_anything(app: Flask, browser: Browser, path: str) -> None:
    """A9: GET with the same parameters changes nothing."""
    page = browser.get(f"/book/needle-followup/{path}?start={START}&practitioner=lam")
    assert page.status in (404, 405)
    assert holds(app) == []


def test_e27_ten_times_from_one_address(app: Flask, browser: Browser) -> None:
    """A26: the eleventh visitor from one address is told, 429, with the times still there."""
    for number in range(11):
        one = Browser(app.test_client())
        one.get("/book/rmt-30?from=2026-11-30")
        page = one.press(start=one.page.starts()[number * 6])
    assert page.status == 429
    assert "Several times are being kept from your connection." in page.text
    assert page.starts()
