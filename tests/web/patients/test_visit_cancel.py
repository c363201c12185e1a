"""Cancelling by the visit's own page, and the call when it is too late for that."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.actions.set_up import load_setup
from booking.records.tables import appointment
from tests.databases import SAMPLE, Clock
from tests.races import stored
from tests.web.patients.browser import Browser
from tests.web.patients.counting import statements
from tests.web.patients.visits import LAST_FREE, WEDNESDAY, ask, booked, standing

CALLS = "SELECT kind FROM call_task WHERE kind = 'callback'"


def test_p3_the_rule_stands_before_the_click(app: Flask, browser: Browser) -> None:
    """P3, L31: GET says until when it is free and what it costs later, and cancels nothing; POST does."""
    url = booked(browser)
    page = browser.get(browser.get(url).link("Cancel this visit"))
    assert page.heading == "Cancel this visit?"
    assert "Cancelling now costs nothing." in page.text
    assert "free of charge until 10:00 a.m., Tuesday 24 November." in page.text
    assert "A late cancellation costs 50% of the price." in page.text
    assert (page.link("Keep it"), page.link("Move it instead")) == (url, f"{url}/move")
    assert standing(app) == [("2026-11-25 10:00", "booked", 1)]
    page = browser.press()
    assert (page.url, page.heading) == (url, "This appointment is cancelled.")
    assert standing(app) == [("2026-11-25 10:00", "cancelled", 2)]


def test_e56_cancelling_twice_is_friendly(app: Flask, browser: Browser) -> None:
    """E56: the second press, from a page that was still open, shows the same; nothing more changes."""
    url = booked(browser)
    browser.get(f"{url}/cancel")
    sent = browser.page.fields()
    for _ in range(2):
        page = browser.post(f"{url}/cancel", sent)
        assert (page.status, page.heading) == (200, "This appointment is cancelled.")
    for what in ("cancel", "move", "contact"):
        assert browser.get(f"{url}/{what}").url == url
    assert standing(app) == [("2026-11-25 10:00", "cancelled", 2)]


def test_a_cancelled_visit_is_only_shown(browser: Browser) -> None:
    """E56: no calendar entry, no plan to change; the same again can be booked."""
    url = booked(browser)
    browser.get(f"{url}/cancel")
    page = browser.press()
    links = {a.get("href") for a in page.tree.iter("a")}
    assert not links & {f"{url}/move", f"{url}/cancel", f"{url}/contact", f"{url}.ics"}
    assert "What to bring" not in page.text
    assert "Book the same again" in page.text


@pytest.mark.parametrize("what", ["cancel", "move"])
def test_a_visit_booked_late_is_told_of_no_time_that_never_was(browser: Browser, what: str) -> None:
    """Whoever booked inside the 24 hours could never change it online: no day before the booking is named."""
    url = booked(browser, start="2026-11-23T13:00", practitioner="tremblay")
    page = browser.get(f"{url}/{what}")
    assert (page.status, page.heading) == (403, f"It is too late to {what} this visit online.")
    assert "Your visit stands as it is." in page.text
    assert "It was possible until" not in page.text


def test_e37_the_time_of_arrival_decides(app: Flask, browser: Browser, clock: Clock) -> None:
    """E37: exactly 24 hours before is in time; a moment later 403, the rule, the phone, a call."""
    url = booked(browser)
    clock.at = LAST_FREE
    browser.get(f"{url}/cancel")
    sent = browser.page.fields()
    clock.at += timedelta.resolution
    page = browser.post(f"{url}/cancel", sent)
    assert (page.status, page.heading) == (403, "It is too late to cancel this visit online.")
    assert "It was possible until 10:00 a.m., Tuesday 24 November. Your visit stands as it is." in page.text
    assert "A missed visit costs 100% of the price." in page.text
    clock.at = LAST_FREE
    assert browser.post(f"{url}/cancel", sent).heading == "This appointment is cancelled."


def test_p3_too_late_asks_for_a_call_once(app: Flask, browser: Browser, clock: Clock) -> None:
    """P3: one call task however often it is pressed; the page remembers that it was asked for."""
    url = booked(browser, phone="604 555 0199")
    clock.at = LAST_FREE + timedelta(hours=1)
    assert "Please call me" in browser.get(f"{url}/cancel").text
    sent = browser.page.fields()
    for _ in range(2):
        page = browser.post(f"{url}/call-back", sent)
        assert (page.status, page.url) == (200, f"{url}?done=call")
    assert "We will be in touch about this visit." in page.text
    assert ask(app, CALLS) == [("callback",)]
    page = browser.get(url)
    assert "You asked for a call. We will be in touch." in page.text
    assert "Please call me" not in page.text


@pytest.mark.parametrize(("move", "cancel"), [(48, 24), (2, 24)])
def test_moving_and_cancelling_end_apart(
    app: Flask, browser: Browser, clock: Clock, move: int, cancel: int
) -> None:
    """E37: the two windows are separate settings, each shown and kept by itself."""
    text = SAMPLE.read_text()
    with app.app_context():
        load_setup(text.replace("move_until_hours = 24", f"move_until_hours = {move}"), clock.at)
    url = booked(browser, start="2026-11-27T10:00", practitioner="")
    starts = datetime.fromisoformat(f"2026-11-27T17:00:00{clock.at:%z}")
    clock.at = starts - timedelta(hours=min(move, cancel))
    page = browser.get(url)
    can = {"move": f"{url}/move", "cancel": f"{url}/cancel"}
    open_one = "cancel" if move > cancel else "move"
    shut = {"move": "cancel", "cancel": "move"}[open_one]
    links = {a.get("href") for a in page.tree.iter("a")}
    assert can[open_one] in links
    assert can[shut] not in links
    assert f"It is too late to {shut} this visit online." in page.text
    assert f"You can {open_one} this visit free of charge until" in page.text
    assert (browser.get(can[open_one]).status, browser.get(can[shut]).status) == (200, 403)
    assert can[open_one] in {a.get("href") for a in browser.page.tree.iter("a")}


def test_e28_a_stale_page_is_told(app: Flask, browser: Browser, other: Browser) -> None:
    """E28: moved in another window: 409 with where it is now, and it stays booked."""
    url = booked(browser)
    browser.get(f"{url}/cancel")
    other.get(f"{url}/move?start=2026-12-02T10:00&practitioner=kim")
    other.press()
    page = browser.press()
    assert (page.status, page.heading) == (409, "Cancel this visit?")
    assert "It is now at 10:00 a.m., Wednesday 2 December, with Sarah Kim." in page.text
    assert standing(app) == [("2026-12-02 10:00", "booked", 2)]
    assert browser.press().heading == "This appointment is cancelled."


@pytest.mark.parametrize("status", ["arrived", "in_room", "fulfilled", "noshow", "entered_in_error"])
def test_e56_what_has_happened_is_only_shown(
    app: Flask, usual_url: str, browser: Browser, status: str
) -> None:
    """E56: arrived or over: every form leads back to the page, in words, and nothing changes."""
    url = booked(browser)
    csrf = browser.get(url).fields()
    with stored.connected(usual_url) as conn:
        conn.execute(update(appointment).values(status=status))
    for what in ("cancel", "move", "contact"):
        assert browser.get(f"{url}/{what}").url == url
    for what in ("cancel", "move", "call-back", "contact"):
        page = browser.post(f"{url}/{what}", csrf | {"start": WEDNESDAY, "email": "x@example.com"})
        assert (page.status, page.url) == (200, url)
    assert standing(app) == [("2026-11-25 10:00", status, 1)]
    assert ask(app, CALLS) == []


def test_a_past_visit_is_only_shown(app: Flask, browser: Browser, clock: Clock) -> None:
    """A3: for 30 days after it the page still shows the visit; all that can be done is booking again."""
    url = booked(browser)
    csrf = browser.get(url).fields()
    clock.at = LAST_FREE + timedelta(days=20)
    page = browser.get(url)
    assert page.heading == "Your appointment has passed."
    main = next(page.tree.iter("main"))
    assert {f.get("action") for f in main.iter("form")} == {f"{url}/again"}
    for what in ("cancel", "call-back"):
        assert browser.post(f"{url}/{what}", csrf).heading == "Your appointment has passed."
    assert standing(app) == [("2026-11-25 10:00", "booked", 1)]
    clock.at += timedelta(days=12)
    assert browser.get(url).status == 404


def test_query_budgets_of_cancelling(app: Flask, browser: Browser, clock: Clock) -> None:
    """Query budget: 2 for the rule (stamp, visit), 3 for a late visit's page (and the call)."""
    url = booked(browser)
    for address, at, budget in ((f"{url}/cancel", clock.at, 2), (url, LAST_FREE + timedelta(hours=1), 3)):
        clock.at = at
        with statements(app) as sent:
            browser.get(address)
        assert len(sent) == budget
