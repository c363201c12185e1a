"""Double click, Back, reload: one appointment, one message (E25)."""

import pytest

from tests.browser.chromium import Page, Route, expect
from tests.browser.conftest import Arrive
from tests.browser.journey import (
    BOOKED,
    MASSAGE,
    NAME,
    NEEDLE,
    Wish,
    arrive_at_booking,
    book_button,
    fill,
    heading,
    keep,
)
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def booked(site: Site) -> tuple[int, int, int]:
    """Return how many appointments, confirmations and patients there are."""
    confirmations = "message WHERE kind = 'confirmation'"
    return site.count("appointment"), site.count(confirmations), site.count("patient")


@pytest.mark.parametrize("script", [True, False])
def test_e25_a_double_click_books_once(arrive: Arrive, site: Site, script: bool) -> None:
    """Two presses of Book make one appointment, one message and one page that says so."""
    page = arrive(java_script_enabled=script)
    keep(page, NEEDLE)
    fill(page, NEEDLE)
    book_button(page).dblclick()
    expect(heading(page)).to_have_text(BOOKED)
    assert booked(site) == (1, 1, 1)


@pytest.mark.parametrize("script", [True, False])
def test_e25_an_answer_lost_on_the_way(arrive: Arrive, site: Site, script: bool) -> None:
    """The booking is made, its answer never arrives: Book pressed again shows that very appointment."""
    page = arrive(java_script_enabled=script)
    keep(page, NEEDLE)
    fill(page, NEEDLE)
    page.route("**/book/needle-followup/*", lose_the_answer, times=1)
    with page.expect_event("requestfailed"):
        book_button(page).click(no_wait_after=True)
    expect(heading(page)).to_have_text("Your details")
    assert booked(site) == (1, 1, 1)
    arrive_at_booking(page, NEEDLE)
    assert booked(site) == (1, 1, 1)


def lose_the_answer(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.abort("aborted")


def book_shortly(page: Page, wish: Wish) -> None:
    keep(page, wish)
    fill(page, wish)
    arrive_at_booking(page, wish)


def go_back(page: Page) -> None:
    page.evaluate("history.back()")  # Playwright's own waits for a load; a kept page has none
    expect(heading(page)).not_to_have_text(BOOKED)


def test_e25_back_and_book_again(page: Page, site: Site) -> None:
    """Back shows the form as it was left; Book once more leads to the same appointment."""
    book_shortly(page, NEEDLE)
    address = page.url
    go_back(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    arrive_at_booking(page, NEEDLE)
    assert page.url == address
    assert booked(site) == (1, 1, 1)


def test_e25_back_and_another_name(page: Page, site: Site) -> None:
    """Back and Book with another name books nothing more: what this form has booked is shown."""
    book_shortly(page, NEEDLE)
    go_back(page)
    page.get_by_label("Name", exact=True).fill("Wei Chen")
    arrive_at_booking(page, NEEDLE)
    expect(page.get_by_text(f"For {NAME}")).to_be_visible()
    assert booked(site) == (1, 1, 1)


def test_e25_back_in_a_browser_that_keeps_no_page(page: Page, site: Site) -> None:
    """Where Back asks for the form anew it leads to the appointment that this browser has booked."""
    page.add_init_script("addEventListener('unload', () => {})")  # such a page is not kept
    book_shortly(page, NEEDLE)
    address = page.url
    page.go_back()
    expect(heading(page)).to_have_text(BOOKED)
    assert page.url == address
    assert booked(site) == (1, 1, 1)


def test_e25_a_reload_of_the_confirmation(page: Page, site: Site) -> None:
    """The confirmation is a page of its own: loading it again asks nothing and books nothing."""
    book_shortly(page, MASSAGE)
    for _ in range(2):
        page.reload()
        expect(heading(page)).to_have_text(BOOKED)
    assert booked(site) == (1, 0, 1)


def test_the_link_keeps_showing_the_visit(page: Page, site: Site, arrive: Arrive) -> None:
    """Next day, in another browser, the same address shows the appointment."""
    book_shortly(page, NEEDLE)
    site.pass_time(20 * 60)
    other = arrive()
    other.goto(page.url)
    expect(heading(other)).to_have_text("Your appointment")
    expect(other.get_by_role("main")).to_contain_text(NAME)
