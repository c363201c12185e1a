"""The second screen: choices that stay visible, the next free time, a week of chips."""

import gzip
from datetime import UTC, datetime

import pytest
from flask import Flask

from booking.actions.set_up import load_setup
from tests.databases import SAMPLE, Clock
from tests.web.patients.browser import START, Browser, Page
from tests.web.patients.counting import statements
from tests.web.patients.lint import words

KILOBYTE = 1024


def options(page: Page) -> dict[str, list[str]]:
    """Return the lines of choices, the chosen option marked with a star."""
    found = {}
    for line in page.with_class("line"):
        links = [(words(a), a.get("aria-current")) for a in line.iter("a")]
        found[words(next(line.iter("h2")))] = [f"*{text}" if chosen else text for text, chosen in links]
    return found


def next_free(page: Page) -> str:
    return words(page.with_class("wide")[0])


def empties(page: Page) -> list[str]:
    return [words(line) for line in page.with_class("none")]


def test_choices_stay_visible(browser: Browser) -> None:
    """Look.md: first visit or returning, length, with whom (anyone first), by language spoken."""
    page = browser.get("/book/rmt-60?visit=before")
    assert options(page) == {
        "Visit": ["First visit", "*Been here before"],
        "Minutes": ["30 $78.75", "45 $110.25", "*60 $136.50", "75 $168.00", "90 $199.50"],
        "With": [
            "*Anyone whoever is free",
            "Sarah Kim RMT · English, Korean",
            "Daniel Tremblay RMT · English, French",
            "Niloufar Ahmadi RMT · English, Persian",
        ],
        "Speaks": ["*Any language", "Korean", "French", "Persian"],
    }


def test_choices_are_links_that_keep_the_others(browser: Browser) -> None:
    """One choice changes one thing."""
    page = browser.get("/book/rmt-60?visit=before&practitioner=kim")
    assert page.link("75 $168.00") == "/book/rmt-75?visit=before&practitioner=kim"
    assert page.link("First visit") == "/book/rmt-60?visit=first&practitioner=kim"
    assert page.link("Persian") == "/book/rmt-60?visit=before&language=fa"
    assert page.link("Anyone whoever is free") == "/book/rmt-60?visit=before"


def test_the_next_free_time_is_one_wide_button(browser: Browser) -> None:
    """Monday 8:00: with two hours of lead the first massage starts at 10:00."""
    page = browser.get("/book/rmt-60")
    assert next_free(page) == "Next free: Monday 23 November, 10:00 a.m."
    assert page.with_class("wide")[0].get("value") == "2026-11-23T10:00"


def test_days_are_headings_with_times_by_part_of_day(browser: Browser) -> None:
    """Tuesday with Tremblay, 13 to 19 with a break at 16:15."""
    page = browser.get("/book/rmt-60?practitioner=tremblay&from=2026-11-24")
    day = page.with_class("day")[0]
    assert words(next(day.iter("h2"))) == "Tomorrow, Tuesday 24 November"
    parts = {words(next(p.iter("h3"))): [words(b) for b in p.iter("button")] for p in day.iter("div")}
    assert parts == {
        "Afternoon": ["1:00", "1:15", "1:30", "1:45", "2:00", "2:15", "2:30", "2:45", "3:00", "4:45"],
        "Evening": ["5:00", "5:15", "5:30", "5:45", "6:00"],
    }


def test_a_week_at_a_time(browser: Browser) -> None:
    """Later and earlier lead from week to week; nothing lies before today or past the horizon."""
    page = browser.get("/book/rmt-60?visit=first")
    assert "23 to 29 November" in page.text
    assert "Earlier" not in page.text
    page = browser.get(page.link("Later"))
    assert page.url == "/book/rmt-60?visit=first&from=2026-11-30"
    assert "30 November to 6 December" in page.text
    assert page.link("Earlier") == "/book/rmt-60?visit=first&from=2026-11-23"
    page = browser.get("/book/rmt-60?from=2027-02-21")
    assert "21 to 21 February" in page.text
    assert "Later" not in page.text


def test_the_next_free_time_stays_the_same_in_later_weeks(browser: Browser) -> None:
    """Whoever looks at December still sees what is free now."""
    assert (
        next_free(browser.get("/book/rmt-60?from=2026-12-07")) == "Next free: Monday 23 November, 10:00 a.m."
    )


def test_days_without_times_collapse_into_one_line(browser: Browser) -> None:
    """Lam works Monday to Thursday: the rest of the week is one line."""
    page = browser.get("/book/needle-followup?practitioner=lam")
    assert empties(page) == ["Friday, Saturday, Sunday: Grace Lam is not in"]


def test_a_closed_day_says_why(browser: Browser) -> None:
    """Christmas is statutory, Boxing Day the clinic's own closure."""
    page = browser.get("/book/rmt-60?from=2026-12-25")
    assert (
        empties(page)[0]
        == "Friday: closed (Christmas Day) · Saturday: closed (Boxing Day (not statutory in BC))"
    )


def test_a_day_that_is_taken_is_full(browser: Browser, other: Browser) -> None:
    """Ahmadi's Sunday: once her only long stretches are booked it is full, not closed."""
    for start in ("09:00", "10:15", "12:45"):
        page = other.book("rmt-60", f"2026-11-29T{start}", practitioner="ahmadi", name=f"P {start}")
        assert page.heading == "You're booked."
    page = browser.get("/book/rmt-90?practitioner=ahmadi&from=2026-11-29")
    assert empties(page)[0].startswith("Sunday: full")


@pytest.mark.parametrize(("minute", "first"), [(0, "15:00"), (7, "15:15"), (15, "15:15")])
def test_e45_the_first_start_is_now_and_lead_rounded_up(
    browser: Browser, clock: Clock, minute: int, first: str
) -> None:
    """E45: at 13:07 with two hours of lead the first start is 15:15, at 13:00 sharp it is 15:00."""
    clock.at = datetime(2026, 11, 24, 20, minute, tzinfo=UTC)
    assert browser.get("/book/needle-followup").starts()[0] == f"2026-11-24T{first}"


def test_a_day_inside_the_lead_time_says_to_phone(browser: Browser, clock: Clock) -> None:
    """Policy: inside the lead time the page says "call us"."""
    clock.at = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert empties(browser.get("/book/needle-followup"))[0] == (
        "Today: nothing more online; phone us for something sooner"
    )


def test_a_language_narrows_the_times_to_its_speakers(browser: Browser) -> None:
    """L35: by language spoken; only Ahmadi speaks Persian, and she is not in on Tuesday."""
    page = browser.get("/book/rmt-60?language=fa&from=2026-11-24")
    assert {start[:10] for start in page.starts()} == {
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-28",
        "2026-11-29",
    }


def test_a_companion_changes_what_is_free(browser: Browser, other: Browser) -> None:
    """E10: whether somebody comes along is asked where it changes the eyewear that is needed."""
    page = browser.get("/book/laser-45?companion=1")
    assert options(page)["You come"] == ["On my own", "*With someone"]
    assert page.fields()["companion"] == "1"
    assert "You come" not in options(browser.get("/book/rmt-60"))


def test_e50_a_short_massage_is_not_for_a_first_visit(browser: Browser) -> None:
    """E50: told that first visits take 60 minutes or more, and offered those instead."""
    page = browser.get("/book/rmt-30?visit=first")
    notice = page.with_class("notice")[0]
    assert words(next(notice.iter("h2"))) == "A first visit for massage takes at least 60 minutes."
    assert [a.get("href") for a in notice.iter("a")] == [
        "/book/rmt-60?visit=first",
        "/book/rmt-75?visit=first",
        "/book/rmt-90?visit=first",
    ]
    assert page.starts() == []


def test_e50_choosing_a_first_visit_moves_to_a_length_that_fits(browser: Browser) -> None:
    """E50: from 30 minutes, "First visit" leads to 60 and says why."""
    page = browser.get("/book/rmt-30")
    page = browser.get(page.link("First visit"))
    assert page.url == "/book/rmt-60?visit=first"
    assert "A first visit for massage takes at least 60 minutes." in page.text
    assert options(page)["Minutes"] == ["*60 $136.50", "75 $168.00", "90 $199.50"]


def test_the_laser_path_never_says_needle(browser: Browser) -> None:
    """Domain 2.6: times, details and confirmation of a laser visit say it only in "needle-free"."""
    pages = [browser.get("/book/laser-initial"), browser.get("/book/laser-45?companion=1")]
    pages.append(browser.open_form("laser-45"))
    pages.append(browser.press(name="Ada", phone="604 555 0123", safety="ok", consent="1"))
    assert pages[-1].heading == "You're booked."
    for page in pages:
        assert page.html.lower().count("needle") == page.html.lower().count("needle-free")


def test_when_nothing_is_free_the_phone_number_is_there(app: Flask, browser: Browser, clock: Clock) -> None:
    """Look.md: with a horizon of one day and nobody in tomorrow, the page says to phone."""
    clock.at = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    with app.app_context():
        load_setup(
            SAMPLE.read_text().replace("online_horizon_days = 90", "online_horizon_days = 1"), clock.at
        )
    page = browser.get("/book/rmt-60?practitioner=kim")
    assert "Nothing is free online until Thursday 26 November. Please phone us: 604-555-0100." in page.text
    assert page.starts() == []


@pytest.mark.parametrize(
    "query",
    [
        "from=2020-01-01",
        "from=soon",
        "practitioner=nobody",
        "language=xx",
        "visit=maybe",
        "companion=7",
        "from=9999-12-31",
    ],
)
def test_what_an_address_cannot_mean_is_left_out(browser: Browser, query: str) -> None:
    """A mistyped or old link shows times all the same."""
    page = browser.get(f"/book/rmt-60?{query}")
    assert page.status == 200
    assert page.starts()


def test_a_service_that_is_not_there_is_not_found(browser: Browser) -> None:
    """An unknown service answers 404 with the clinic's phone number."""
    page = browser.get("/book/rmt-61")
    assert (page.status, page.heading) == (404, "There is nothing here")


def test_the_own_hold_does_not_stand_in_the_way(browser: Browser, other: Browser) -> None:
    """E27: whoever keeps 10:00 still sees it, marked, and may change to 10:15; others see neither."""
    browser.get("/book/rmt-60?practitioner=kim&from=2026-11-24")
    browser.press(start="2026-11-24T10:00")
    page = browser.get("/book/rmt-60?practitioner=kim&from=2026-11-24")
    assert {"2026-11-24T10:00", "2026-11-24T10:15"} <= set(page.starts())
    kept = page.with_class("kept")
    assert [button.get("value") for button in kept] == ["2026-11-24T10:00"]
    theirs = other.get("/book/rmt-60?practitioner=kim&from=2026-11-24").starts()
    assert not {"2026-11-24T10:00", "2026-11-24T10:15"} & set(theirs)


def test_a_weeks_page_is_small(browser: Browser) -> None:
    """G8: at most 6 KB compressed, with some 200 times on it."""
    page = browser.get("/book/rmt-30?from=2026-11-30")
    assert len(page.starts()) > 150
    assert len(gzip.compress(page.html.encode(), 6)) <= 6 * KILOBYTE


def test_a_weeks_page_costs_few_statements(app: Flask, browser: Browser) -> None:
    """Query budget: 2 for this week, 1 while nothing changes, 4 for a later one with a hold of one's own."""
    browser.get("/")
    with statements(app) as sent:
        browser.get("/book/rmt-60")
    assert len(sent) == 2
    with statements(app) as sent:
        browser.get("/book/rmt-60")
    assert len(sent) == 1
    browser.press(start=START)
    with statements(app) as sent:
        browser.get("/book/rmt-60?from=2026-12-07")
    assert len(sent) == 4


def test_the_clinics_time_is_named_once(browser: Browser) -> None:
    """D2: "Vancouver time" once a page."""
    assert browser.get("/book/rmt-60").text.count("Vancouver time") == 1
    assert browser.open_form("rmt-60").text.count("Vancouver time") == 1
