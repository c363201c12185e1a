"""Two people want one time: one has it, the other is told in words and loses nothing typed (E21)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.journey import (
    BOOKED,
    EMAIL,
    MASSAGE,
    NEEDLE,
    arrive_at_booking,
    book_button,
    chip,
    fill,
    heading,
    keep,
    open_form,
    somebody_books,
)
from tests.browser.site import Site
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

QUICKER = "Someone was a moment quicker."
NAMES = ("Parvaneh Oyelaran", "Wei Chen")


@pytest.mark.parametrize("script", [True, False])
def test_e21_two_send_at_once_and_the_loser_books_a_near_time(
    arrive: Arrive, site: Site, script: bool
) -> None:
    """Of two forms sent together one books; the other keeps every word and one press books a near time."""
    pages = [arrive(width, java_script_enabled=script) for width in (NARROW, WIDE)]
    for page, name in zip(pages, NAMES, strict=True):
        open_form(page, NEEDLE, name)
        book_button(page).focus()
    for page in pages:
        page.keyboard.press("Enter")  # a click would wait for the answer
    for page in pages:
        expect(page.get_by_role("heading", name=BOOKED).or_(page.locator("#notice"))).to_be_visible()
    (loser,) = [page for page in pages if page.locator("#notice").count()]
    expect(loser.locator("#notice")).to_contain_text(QUICKER)
    expect(loser.locator(".instead button")).to_have_text(
        ["Book 9:30 a.m.", "Book 9:45 a.m.", "Book 10:15 a.m."]
    )
    expect(loser.get_by_label("Name", exact=True)).to_have_value(NAMES[pages.index(loser)])
    expect(loser.get_by_label("E-mail", exact=True)).to_have_value(EMAIL)
    expect(loser.get_by_label("I have read this and agree")).to_be_checked()
    loser.get_by_role("button", name="Book 9:45 a.m.").click()
    expect(heading(loser)).to_have_text(BOOKED)
    expect(loser.get_by_role("main")).to_contain_text("9:45 a.m., Tuesday 24 November")
    assert site.count("appointment") == 2


def test_a_time_taken_before_it_could_be_kept(arrive: Arrive, site: Site) -> None:
    """Who presses a time that somebody else has just got sees the times again, with the nearest on top."""
    slow, quick = arrive(), arrive(WIDE)
    slow.goto(f"/book/{MASSAGE.service}")
    keep(quick, MASSAGE)
    chip(slow, MASSAGE.start).click()
    notice = slow.locator("#notice")
    expect(notice).to_contain_text(QUICKER)
    expect(notice).to_be_focused()
    expect(chip(slow, MASSAGE.start)).to_have_count(0)
    notice.get_by_role("button").first.click()
    expect(heading(slow)).to_have_text("Your details")
    expect(slow.get_by_text("Kept for you until")).to_be_visible()
    assert site.count("hold") == 2


def test_an_address_of_a_taken_time_shows_what_is_near(page: Page) -> None:
    """A kept address of a form whose time is gone leads to the times around it, not to an error."""
    somebody_books(page, NEEDLE.service, NEEDLE.start)
    page.goto(f"/book/{NEEDLE.service}/{NEEDLE.start}")
    expect(heading(page)).to_have_text("When suits you?")
    expect(page.locator("#notice")).to_contain_text(QUICKER)
    page.get_by_role("button", name="9:45 a.m.").click()
    fill(page, NEEDLE)
    arrive_at_booking(page, NEEDLE)
