"""The time that is kept while the form is filled: said, made longer, and gone without harm (E23, L40)."""

import pytest

from tests.browser.chromium import Browser, Page, expect
from tests.browser.conftest import Arrive
from tests.browser.journey import (
    LASER,
    NAME,
    NEEDLE,
    arrive_at_booking,
    book_button,
    chip,
    choose_time,
    fill,
    keep,
    somebody_books,
)
from tests.browser.site import Site
from tests.browser.visitor import NARROW
from tests.browser.visitor import arrive as open_browser

pytestmark = pytest.mark.browser


def more_time(page: Page) -> None:
    page.get_by_role("button", name="More time").click()


@pytest.mark.parametrize("script", [True, False])
def test_e23_more_time(arrive: Arrive, site: Site, script: bool) -> None:
    """The form says until when the time is kept; one press keeps it longer and nothing typed is lost."""
    page = arrive(java_script_enabled=script)
    keep(page, NEEDLE)
    expect(page.get_by_text("Kept for you until 8:10 a.m.")).to_be_visible()
    fill(page, NEEDLE)
    site.pass_time(8)
    more_time(page)
    expect(page.locator("#kept")).to_contain_text("Kept for you until 8:18 a.m.")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    expect(page.get_by_label("I have read this and agree")).to_be_checked()
    site.pass_time(9)
    arrive_at_booking(page, NEEDLE)


def test_with_script_more_time_loads_no_page(page: Page, site: Site) -> None:
    """With JavaScript the page stays where it is, the focus stays on the button, the new time is spoken."""
    keep(page, NEEDLE)
    page.evaluate("globalThis.same = true")
    site.pass_time(1)
    more_time(page)
    expect(page.get_by_role("status")).to_have_text("Kept for you until 8:11 a.m.")
    expect(page.get_by_role("button", name="More time")).to_be_focused()
    assert page.evaluate("globalThis.same") is True


def test_the_end_of_the_hold_is_told_before_it_comes(chromium: Browser, site: Site) -> None:
    """Two minutes before the end, and at it, a status says so; "More time" is beside it."""
    visitor = open_browser(chromium, site.url, NARROW)  # its clock can never be put right again
    page = visitor.context.new_page()
    page.clock.install()
    keep(page, NEEDLE)
    status = page.get_by_role("status")
    expect(status).to_be_empty()
    page.clock.fast_forward("08:05")
    expect(status).to_contain_text("kept for two more minutes. Press More time to keep it longer.")
    page.clock.fast_forward("02:00")
    expect(status).to_have_text(
        "Your time is no longer kept. If it is still free, it is yours when you press Book."
    )
    visitor.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_e23_an_ended_hold_books_what_is_still_free(arrive: Arrive, site: Site, script: bool) -> None:
    """An hour later, the hold long gone and the time still free, Book books it."""
    page = arrive(java_script_enabled=script)
    keep(page, NEEDLE)
    fill(page, NEEDLE)
    site.pass_time(60)
    arrive_at_booking(page, NEEDLE)
    assert site.count("appointment") == 1


def test_an_ended_hold_is_taken_anew_by_more_time(page: Page, site: Site) -> None:
    """More time after the end keeps the time again while nobody else has it."""
    keep(page, NEEDLE)
    site.pass_time(11)
    more_time(page)
    expect(page.locator("#kept")).to_contain_text("Kept for you until 8:21 a.m.")


@pytest.mark.parametrize("script", [True, False])
def test_an_ended_hold_that_somebody_took(arrive: Arrive, site: Site, script: bool) -> None:
    """More time after somebody else has got the time says so, with the nearest and everything typed."""
    page = arrive(java_script_enabled=script)
    keep(page, NEEDLE)
    fill(page, NEEDLE)
    site.pass_time(11)
    somebody_books(page, NEEDLE.service, NEEDLE.start)
    more_time(page)
    expect(page.locator("#notice")).to_contain_text("Someone was a moment quicker.")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    page.locator(".instead button").first.click()
    expect(page.get_by_role("heading", name="You're booked.")).to_be_visible()
    assert site.count("appointment") == 2


def test_e27_another_time_lets_the_first_one_go(page: Page, site: Site) -> None:
    """One visitor keeps one time: the way back frees it, and it shows among the times again."""
    keep(page, LASER)
    page.get_by_role("button", name="Another time").click()
    expect(chip(page, LASER.start)).to_be_visible()
    assert site.count("hold") == 0
    choose_time(page, "2026-11-27T10:15")
    expect(book_button(page)).to_be_visible()
    assert site.count("hold") == 1
