"""The wait list in a real browser: by keyboard alone, without script, under axe (R9)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, sign_in
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations

pytestmark = pytest.mark.browser


def fill_in(page: Page) -> None:
    """Say who is new, what for, and that Tuesdays would suit; a button is left to be pressed."""
    page.get_by_label("Name", exact=True).fill("Ana Ruíz")
    page.get_by_label("Phone").fill("604-555-0147")
    page.get_by_label("Service").select_option("rmt-60")


def only_tuesday(page: Page) -> None:
    for day in ("Mon", "Wed", "Thu", "Fri", "Sat", "Sun"):
        page.get_by_label(day).press("Space")
    page.get_by_label("Until").fill("2026-12-08")


def test_r9_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """R9: onto the list from the phone booking, then a cancellation, then one press beside the name."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ben One")  # with Sarah Kim, the only one in
    page.goto(DAY)
    page.keyboard.press("n")
    page.get_by_role("button", name="New patient").press("Enter")
    fill_in(page)
    page.get_by_role("button", name="Nothing suits: wait list").press("Enter")
    expect(page.get_by_role("heading", name="Put on the wait list")).to_be_visible()
    only_tuesday(page)
    page.get_by_role("button", name="Put on the wait list").press("Enter")
    expect(page.locator("#said")).to_contain_text("On the wait list.")
    page.get_by_role("link", name="Wait list").press("Enter")
    for scheme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        assert violations(page, rules) == []
    page.get_by_role("button", name="book for Ana Ruíz").first.press("Enter")
    expect(page.locator("#said")).to_contain_text("Booked: 10:15 a.m., Tuesday 24 November, with Sarah Kim.")
    expect(page.get_by_role("link", name="Ana Ruíz")).to_be_visible()


def test_r9_without_script(arrive: Arrive, site: Site) -> None:
    """R9: the same through plain forms; taken off, and put back by Undo."""
    page = sign_in(arrive(390, java_script_enabled=False), site)
    page.goto("/desk/book")
    page.get_by_role("button", name="New patient").click()
    fill_in(page)
    page.get_by_role("button", name="Nothing suits: wait list").click()
    page.get_by_role("button", name="Put on the wait list").click()
    page.get_by_role("button", name="Take off").click()
    expect(page.locator("main")).to_contain_text("Nobody waits.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("Ana Ruíz")
    page.get_by_role("button", name="book for Ana Ruíz").first.click()
    expect(page.locator("#said")).to_contain_text("Booked:")
