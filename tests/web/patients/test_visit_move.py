"""Moving by the visit's own page: the old time is kept until the new one is secured."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import Clock
from tests.web.patients.browser import Browser
from tests.web.patients.counting import statements
from tests.web.patients.lint import words
from tests.web.patients.visits import LAST_FREE, WEDNESDAY, ask, booked, standing

MONDAY = "2026-11-30T10:00"  # Kim works


def check(browser: Browser, url: str, start: str = MONDAY, practitioner: str = "kim") -> None:
    """Open the page that says what a move would change."""
    browser.get(f"{url}/move?start={start}&practitioner={practitioner}")


def test_p3_a_visit_moves_by_three_presses(app: Flask, browser: Browser) -> None:
    """P3: page, times, what changes, moved; the link stays, the visit has a new time and version."""
    url = booked(browser)
    times = browser.get(browser.get(url).link("Move this visit"))
    assert (times.status, times.heading) == (200, "Move this visit")
    assert "10:00 a.m., Wednesday 25 November, with Sarah Kim" in times.text
    assert "Your present time is kept until the new one is secured." in times.text
    browser.get(f"{url}/move?start={times.starts()[-1]}&practitioner=kim")
    assert "Your present time: 10:00 a.m., Wednesday 25 November, with Sarah Kim." in browser.page.text
    assert standing(app) == [("2026-11-25 10:00", "booked", 1)]
    page = browser.press()
    assert (page.url, page.heading) == (f"{url}?done=moved", "Your appointment has moved.")
    assert standing(app) == [(times.starts()[-1].replace("T", " "), "booked", 2)]


def test_the_times_are_those_of_the_sold_visit(browser: Browser) -> None:
    """E14, D11: a week around the visit with the same person; its own claims are not in its way."""
    url = booked(browser)
    page = browser.get(f"{url}/move")
    assert "22 to 28 November" not in page.text
    assert "23 to 29 November Vancouver time" in page.text
    wednesday = [start for start in page.starts() if start.startswith("2026-11-25")]
    assert "2026-11-25T10:15" in wednesday  # overlaps the visit itself
    assert WEDNESDAY not in wednesday  # that is where it stands
    anyone = browser.get(f"{url}/move?practitioner=&from=2026-11-25")
    assert "2026-11-25T18:00" in anyone.starts()  # Kim is gone by then


def test_with_whom_can_be_changed(app: Flask, browser: Browser) -> None:
    """Contract: nobody named is the same person, an empty name is anyone, and licences bind (E17)."""
    url = booked(browser)
    people = browser.get(f"{url}/move").with_class("people")[0]
    chosen = [words(a) for a in people.iter("a") if a.get("aria-current")]
    assert len(chosen) == 1
    assert chosen[0].startswith("Sarah Kim")
    assert "Grace Lam" not in words(people)
    check(browser, url, "2026-11-25T17:00", "")
    assert "Anyone who is free" in browser.page.text
    browser.press()
    assert ask(app, "SELECT p.code FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id") in (
        [("tremblay",)],
        [("ahmadi",)],
    )


@pytest.mark.parametrize(
    ("start", "practitioner", "status"),
    [
        ("2026-11-25T14:00", "kim", 409),  # taken
        ("2026-11-25T14:05", "kim", 409),  # off the grid
        ("2026-11-29T17:00", "kim", 409),  # Sunday, closed by then
        ("2026-11-24T20:00", "", 409),  # closed
        ("2027-11-24T10:00", "kim", 409),  # beyond the horizon
        ("2026-11-23T08:15", "kim", 409),  # too soon
        ("2026-11-30T10:00", "lam", 409),  # no licence for massage
        ("2026-11-30T10:00", "nobody", 422),
        ("2026-02-30T10:00", "kim", 422),
        ("soon", "kim", 422),
        ("", "kim", 422),
    ],
)
def test_e26_what_cannot_be_leaves_the_old_time(
    app: Flask, browser: Browser, other: Browser, start: str, practitioner: str, status: int
) -> None:
    """E26, B9: taken, closed, off the grid, past, far, unknown: the same page in words, nothing changed."""
    url = booked(browser)
    booked(other, start="2026-11-25T14:00", name="Wei Chen")
    check(browser, url)
    page = browser.press(start=start, practitioner=practitioner)
    assert (page.status, page.heading) == (status, "Move this visit")
    assert words(page.with_class("notice")[0])
    assert standing(app)[0] == ("2026-11-25 10:00", "booked", 1)


def test_e21_a_time_that_was_just_taken_shows_the_nearest(browser: Browser, other: Browser) -> None:
    """E21: both doors, looking and pressing, offer three free times close by; one press moves on."""
    url = booked(browser)
    check(browser, url)
    booked(other, start=MONDAY, name="Wei Chen")
    for page in (browser.press(), browser.get(f"{url}/move?start={MONDAY}&practitioner=kim")):
        assert page.status == 409
        assert "Someone was a moment quicker." in page.text
        near = [a.get("href", "") for a in page.with_class("notice")[0].iter("a")]
        assert len(near) == 3
    assert browser.get(near[0]).heading == "Move to this time?"


def test_e28_a_stale_page_is_told(app: Flask, browser: Browser, other: Browser) -> None:
    """E28: moved in another window meanwhile: 409, where it is now, and nothing changes."""
    url = booked(browser)
    check(browser, url)
    check(other, url, "2026-12-02T10:00")
    other.press()
    page = browser.press()
    assert page.status == 409
    assert (
        "This visit was changed after you opened the page."
        " It is now at 10:00 a.m., Wednesday 2 December, with Sarah Kim." in page.text
    )
    assert standing(app) == [("2026-12-02 10:00", "booked", 2)]


def test_e57_too_late_follows_the_original_time(app: Flask, browser: Browser, clock: Clock) -> None:
    """E37, E57: exactly 24 hours before is in time; a moment later it is not, wherever it would go."""
    url = booked(browser)
    clock.at = LAST_FREE
    check(browser, url)
    assert browser.page.heading == "Move to this time?"
    clock.at += timedelta.resolution
    page = browser.press()
    assert (page.status, page.heading) == (403, "It is too late to move this visit online.")
    assert "It was possible until 10:00 a.m., Tuesday 24 November." in page.text
    assert "A late cancellation costs 50% of the price." in page.text
    assert page.link("604-555-0100") == "tel:+16045550100"
    assert browser.get(f"{url}/move").status == 403
    assert standing(app) == [("2026-11-25 10:00", "booked", 1)]


def test_a_time_that_cannot_be_cancelled_free_is_marked(browser: Browser) -> None:
    """L31: moving into the last 24 hours says before the click what that means."""
    url = booked(browser)
    check(browser, url, "2026-11-23T11:00")
    assert "It begins in less than 24 hours: cancelling it will no longer be free." in browser.page.text
    check(browser, url)
    assert "no longer be free" not in browser.page.text


def test_moving_to_where_it_stands_changes_nothing(app: Flask, browser: Browser) -> None:
    """The present time with the same person: back to the page, the version is as before."""
    url = booked(browser)
    check(browser, url)
    assert browser.press(start=WEDNESDAY).url == url
    assert standing(app) == [("2026-11-25 10:00", "booked", 1)]


@pytest.mark.parametrize("practitioner", ["kim", ""])
def test_e25_back_from_a_move_leads_to_the_visit(browser: Browser, practitioner: str) -> None:
    """E25: the page that asked before the move, opened again, does not call the time somebody else's."""
    url = booked(browser)
    check(browser, url, practitioner=practitioner)
    assert browser.press().heading == "Your appointment has moved."
    again = browser.get(f"{url}/move?start={MONDAY}&practitioner={practitioner}")
    assert (again.url, again.status) == (url, 200)
    assert "quicker" not in again.text


def test_moved_and_moved_back_within_the_minute(app: Flask, browser: Browser) -> None:
    """Issue 3: whoever moved by mistake gets the old time back, and no letter leaves but the first."""
    url = booked(browser)
    check(browser, url)
    browser.press()
    assert WEDNESDAY in browser.get(f"{url}/move?from=2026-11-25").starts()
    check(browser, url, WEDNESDAY)
    assert browser.press().heading == "Your appointment has moved."
    assert standing(app) == [("2026-11-25 10:00", "booked", 3)]
    planned = ask(app, "SELECT kind FROM message WHERE state = 'planned' AND kind NOT LIKE 'reminder%'")
    assert planned == [("confirmation",)]


def test_query_budgets_of_a_move(app: Flask, browser: Browser) -> None:
    """Query budget: the times 4 at most (stamp, visit, week, next), what would change 3."""
    url = booked(browser)
    for address, budget in ((f"{url}/move", 4), (f"{url}/move?start={MONDAY}&practitioner=kim", 4)):
        with statements(app) as sent:
            assert browser.get(address).status == 200
        assert len(sent) <= budget, sent
