"""Wherever a browser thinks it is, it shows the clinic's times (E34, T9)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.journey import LASER, arrive_at_booking, chip, fill
from tests.browser.site import Site

pytestmark = pytest.mark.browser

ELSEWHERE = {
    "Asia/Tokyo": "ja-JP",
    "Asia/Shanghai": "zh-CN",
    "Europe/London": "en-GB",
    "America/Los_Angeles": "en-US",
    "Pacific/Honolulu": "fa-IR",
}


def walk(page: Page) -> list[str]:
    """Go through all pages that show a time and return what each says."""
    page.goto("/book/laser-initial?from=2026-11-24")
    said = [page.get_by_role("main").inner_text()]
    chip(page, LASER.start).click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    said.append(page.get_by_role("main").inner_text())
    fill(page, LASER)
    arrive_at_booking(page, LASER)
    words = page.get_by_role("main").inner_text()
    reference = page.get_by_text("Reference").inner_text()
    return [*said, words.replace(reference, "Reference")]


def test_e34_t9_every_browser_shows_vancouver_time(arrive: Arrive, site: Site) -> None:
    """Browsers in Tokyo, Shanghai, London, Los Angeles and Honolulu read the same as one in Vancouver."""
    at_home = walk(arrive(timezone_id="America/Vancouver", locale="en-CA"))
    assert "Friday 27 November" in at_home[0]
    assert "9:00 a.m., Friday" in " ".join(at_home[1].split())
    for zone, locale in ELSEWHERE.items():
        site.begin_anew()
        page = arrive(timezone_id=zone, locale=locale)
        assert walk(page) == at_home, zone
        assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == zone
