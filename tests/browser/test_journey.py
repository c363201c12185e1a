"""Service, time, details, booked: with a pointer, at the widths of a phone and of a desk."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.journey import WISHES, Wish, book, heading
from tests.browser.site import Site
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser


def check_the_last_page(page: Page, wish: Wish) -> None:
    for words in wish.says:
        expect(page.get_by_role("main")).to_contain_text(words)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("kind", WISHES)
def test_a_patient_books(arrive: Arrive, site: Site, kind: str, width: int) -> None:
    """Four screens lead from nothing to a booked visit, for each kind of treatment."""
    page = arrive(width)
    book(page, WISHES[kind])
    check_the_last_page(page, WISHES[kind])
    assert (site.count("appointment"), site.count("hold")) == (1, 0)


@pytest.mark.parametrize("kind", WISHES)
def test_a_patient_books_without_script(arrive: Arrive, site: Site, kind: str) -> None:
    """With JavaScript off the same four screens book the same visit (D8)."""
    page = arrive(NARROW, java_script_enabled=False)
    book(page, WISHES[kind])
    check_the_last_page(page, WISHES[kind])
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    assert (site.count("appointment"), site.count("hold")) == (1, 0)


def test_the_next_free_time_is_one_press_away(page: Page) -> None:
    """The wide button names the nearest time of all and leads to its form."""
    page.goto("/book/rmt-60?visit=before&practitioner=ahmadi")
    page.get_by_role("button", name="Next free: Wednesday 25 November, 1:00 p.m.").click()
    expect(heading(page)).to_have_text("Your details")
    expect(page.get_by_role("region", name="Your visit")).to_contain_text("1:00 p.m., Wednesday 25 November")


def test_the_calendar_entry_is_a_file(page: Page) -> None:
    """The appointment's page gives a calendar file that opens without leaving the page."""
    book(page, WISHES["needle"])
    with page.expect_download() as found:
        page.get_by_role("link", name="Add to calendar").click()
    assert found.value.suggested_filename == "appointment.ics"
    expect(heading(page)).to_have_text("You're booked.")
