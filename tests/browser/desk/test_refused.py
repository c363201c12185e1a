"""What was refused at the desk, and the way on that stands right there (D11, E28)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, another_link, sign_in
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations

pytestmark = pytest.mark.browser


def at_the_visit(page: Page) -> None:
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").press("Enter")


def move_to(page: Page, at: str) -> None:
    page.get_by_text("Move, another room or length").press("Enter")
    page.locator("#move-at").fill(at)
    page.get_by_role("button", name="Move the visit").press("Enter")


def test_d11_on_from_a_refusal_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """D11: the reason or a free time moves the visit, in light and dark without a fault."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    at_the_visit(page)
    move_to(page, "07:00")
    expect(page.get_by_role("alert")).to_contain_text("Give a reason below to move it all the same.")
    assert violations(page, EVERYTHING) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.get_by_role("button", name="9:15 a.m., Tuesday 24 November").press("Enter")
    expect(page.locator("#said")).to_contain_text("Moved to 9:15 a.m.")
    at_the_visit(page)
    move_to(page, "07:00")
    page.get_by_label("Reason to do it all the same").fill("Only free hour")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Moved to 7:00 a.m.")


def test_e28_the_note_of_a_colleague_is_seen_before_it_goes(arrive: Arrive, site: Site) -> None:
    """E28: without script too: the stored note stands beside what was typed."""
    first = sign_in(arrive(1280), site)
    somebody_comes(first, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    address = first.locator("#grid").get_by_role("link", name="Ana One")
    first.goto(DAY)
    second = arrive(1280, java_script_enabled=False)
    second.goto(f"/staff/link/{another_link(site)}")
    second.get_by_role("button", name="Sign in").click()
    second.goto(first.url.replace(f"/desk/{TUESDAY}", "") + str(address.get_attribute("href")))
    at_the_visit(first)
    first.get_by_label("Note for the desk").fill("Brings a walking frame")
    first.get_by_role("button", name="Keep the note").click()
    expect(first.locator("#said")).to_contain_text("The note is kept.")
    second.get_by_label("Note for the desk").fill("Comes with her son")
    second.get_by_role("button", name="Keep the note").click()
    expect(second.locator("#note-stored")).to_contain_text("Brings a walking frame")
    expect(second.get_by_label("Note for the desk")).to_have_value("Comes with her son")
