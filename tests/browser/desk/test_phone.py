"""R1: a booking by phone, keyboard alone, and without script."""

import pytest

from tests.browser.chromium import expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, sign_in
from tests.browser.desk.test_day import somebody_comes
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations

pytestmark = pytest.mark.browser


def test_r1_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """R1: n, part of the name, Enter, the patient, the times, Enter: booked, and the focus is back."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Zoë Ångström")
    page.goto(f"/desk/{TUESDAY}")
    page.keyboard.press("n")
    expect(page.get_by_label("Patient: part of name")).to_be_focused()
    page.keyboard.type("angs")
    page.keyboard.press("Enter")
    found = page.get_by_role("button", name="Zoë Ångström")
    expect(found).to_be_visible()
    assert violations(page, EVERYTHING) == []
    found.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Service")).to_be_focused()
    expect(page.get_by_label("Service")).to_have_value("needle-followup")
    page.get_by_role("button", name="Show free times").focus()
    page.keyboard.press("Enter")
    first = page.locator("button[name=start]").first
    expect(first).to_be_focused()
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Booked: ")
    expect(page.locator("#panel")).to_be_hidden()
    assert site.count("appointment") == 2
    assert site.count("patient") == 1


def test_r1_without_script(arrive: Arrive, site: Site) -> None:
    """R1: the same through plain pages, for a new patient."""
    page = sign_in(arrive(834, java_script_enabled=False), site)
    page.goto("/desk/book")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Name").fill("Ana Ruíz")
    page.get_by_label("Phone").fill("604-555-0147")
    page.get_by_label("Service").select_option("rmt-60")
    page.get_by_role("button", name="Show free times").click()
    expect(page.get_by_label("Name")).to_have_value("Ana Ruíz")
    page.locator("button[name=start]").first.click()
    expect(page.locator("#said")).to_contain_text("Booked: ")
    expect(page.locator("#grid")).to_contain_text("Ana Ruíz")
