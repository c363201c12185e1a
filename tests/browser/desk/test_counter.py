"""What a day at the counter brings, in a real browser (R2, R4, R6, R10, R11, R12)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, sign_in, sign_in_again
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.site import Site
from tests.databases import MORNING

pytestmark = pytest.mark.browser

AT_THREE_PAST_ONE = MORNING + timedelta(days=1, hours=5, minutes=3)
Press = Callable[[Page, str], None]


def by_keyboard(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def by_click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


BOTH_WAYS = pytest.mark.parametrize(
    ("has_script", "press"), [(True, by_keyboard), (False, by_click)], ids=["keyboard", "no-script"]
)


def new_patient(page: Page, press: Press, service: str, practitioner: str = "") -> None:
    """Fill in the booking form for somebody new, beside the day or alone, as far as the free times."""
    page.goto(DAY if press is by_keyboard else "/desk/book")
    page.keyboard.press("n")
    press(page, "New patient")
    page.get_by_label("Name", exact=True).fill("Ana Ruíz")
    page.get_by_label("Phone").fill("604-555-0147")
    page.get_by_label("Service").select_option(service)
    page.get_by_label("With").select_option(practitioner)
    page.get_by_label("From").fill(TUESDAY)
    press(page, "Show free times")


@BOTH_WAYS
def test_r2_e77_a_walk_in_starts_now(arrive: Arrive, site: Site, has_script: bool, press: Press) -> None:
    """R2, E77: at 13:03 the visit starts at 13:05, off the grid, and online that time is gone."""
    site.set_clock(AT_THREE_PAST_ONE)
    page = sign_in(arrive(1280, java_script_enabled=has_script), site)
    new_patient(page, press, "rmt-30")
    press(page, "Walk-in: start now")
    expect(page.locator("#said")).to_contain_text("Booked: 1:05 p.m., Tuesday 24 November")
    expect(page.locator("#grid").get_by_role("link", name="Ana Ruíz")).to_contain_text("1:05 p.m.")


@BOTH_WAYS
def test_r12_hours_give_way_to_a_reason_and_licences_never(
    arrive: Arrive, site: Site, has_script: bool, press: Press
) -> None:
    """R12, E17: after closing for a reason; another's licence, the room or hands for none."""
    page = sign_in(arrive(1280, java_script_enabled=has_script), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T10:15", "Bo Two")
    new_patient(page, press, "rmt-60", "kim")
    page.get_by_label("Time", exact=True).fill("18:30")
    press(page, "Book this time")
    why = page.get_by_label("Reason to do it all the same")
    expect(page.get_by_role("alert")).to_be_visible()
    why.fill("Agreed with Sarah")
    for service, at, says in (
        ("needle-followup", "18:30", "licensed"),
        ("rmt-60", "10:30", "is with Bo Two"),
    ):
        page.get_by_label("Service").select_option(service)
        page.get_by_label("Time", exact=True).fill(at)
        press(page, "Book this time")
        expect(page.get_by_role("alert")).to_contain_text(says)
        expect(why).to_have_count(0)
    assert site.count("appointment") == 1
    page.get_by_label("Time", exact=True).fill("18:30")
    press(page, "Book this time")
    why.fill("Agreed with Sarah")
    press(page, "Book this time")
    expect(page.locator("#said")).to_contain_text("Booked: 6:30 p.m.")


@BOTH_WAYS
def test_r6_a_room_is_blocked(arrive: Arrive, site: Site, has_script: bool, press: Press) -> None:
    """R6: what is affected is shown before anything changes; the visit goes to the other room."""
    page = sign_in(arrive(1280, java_script_enabled=has_script), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.get_by_role("link", name="Block time").press("Enter")
    page.get_by_label("Who or what").select_option("room:m1")
    for label, on in (("From day", TUESDAY), ("To day", TUESDAY)):
        page.get_by_label(label).fill(on)
    page.locator("#from_at").fill("09:00")
    page.locator("#to_at").fill("12:00")
    press(page, "Go on")
    expect(page.get_by_role("group", name="Ana One")).to_be_visible()
    assert site.count("block") == 0
    press(page, "Block the time")
    expect(page.locator("#said")).to_contain_text("Blocked.")
    assert site.count("block") == 1
    page.goto(f"{DAY}?by=rooms")
    expect(page.locator("#grid")).to_contain_text("Ana One")


def test_r4_what_clashes_is_moved_when_ticked(arrive: Arrive, site: Site) -> None:
    """R4, E72: 20 minutes behind, by keyboard: the visit that clashes begins later once it is ticked."""
    page = sign_in(arrive(1280), site)
    for start, name in (("09:00", "Ana One"), ("10:15", "Bo Two")):
        somebody_comes(page, "rmt-60", f"{TUESDAY}T{start}", name)
    site.set_clock(MORNING + timedelta(days=1, hours=1, minutes=30))
    sign_in_again(page, site)
    page.goto("/desk/late")
    page.get_by_label("Who").select_option("kim")
    page.get_by_label("Minutes behind").fill("20")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Bo Two").press("Space")
    by_keyboard(page, "Move what is ticked")
    expect(page.locator("#said")).to_contain_text("Moved")
    expect(page.locator("#grid").get_by_role("link", name="Bo Two")).not_to_contain_text("10:15 a.m.")


def test_r10_and_r11_the_lists_are_worked_off(arrive: Arrive, site: Site) -> None:
    """R10, R11: by keyboard the call is ticked off and the visit says how it ended; both lists are empty."""
    page = sign_in(arrive(1280), site)
    new_patient(page, by_keyboard, "rmt-60")
    page.locator("button[name=start]").first.press("Enter")
    expect(page.locator("#said")).to_contain_text("Booked: ")
    page.get_by_role("link", name="Call list").press("Enter")
    expect(page.get_by_role("heading", name="Call list")).to_be_visible()
    calls = page.get_by_role("button", name="Done")
    calls.press("Enter")
    expect(calls).to_have_count(0)
    site.set_clock(MORNING + timedelta(days=1, hours=11))
    sign_in_again(page, site)
    page.goto("/desk/open")
    by_keyboard(page, "Done")
    expect(page.locator("main")).to_contain_text("Nothing is left to do here")
