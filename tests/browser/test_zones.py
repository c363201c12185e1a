"""Wherever a browser thinks it is, it shows the clinic's times (E34, T9)."""

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Arrive
from tests.browser.journey import LASER, somebody_books

pytestmark = pytest.mark.browser

ELSEWHERE = ("Asia/Tokyo", "Asia/Shanghai", "Europe/London", "America/Los_Angeles", "Pacific/Honolulu")
SEEN = ("24 to 30 November", "9:00 a.m., Friday 27 November", "11:00 a.m., Friday 27 November")


def read(page: Page, addresses: tuple[str, ...]) -> list[str]:
    """Return what pages say, as they are seen."""
    said = []
    for address in addresses:
        page.goto(address)
        said.append(page.get_by_role("main").inner_text())
    return said


def test_e34_t9_every_browser_shows_vancouver_time(arrive: Arrive) -> None:
    """Browsers in Tokyo, Shanghai, London, Los Angeles and Honolulu read the same as one in Vancouver."""
    home = arrive(timezone_id="America/Vancouver")
    addresses = (
        "/book/laser-initial?from=2026-11-24",
        f"/book/laser-initial/{LASER.start}",
        somebody_books(home, "laser-initial", "2026-11-27T11:00", safety="ok"),
    )
    at_home = read(home, addresses)
    for words, seen in zip(SEEN, at_home, strict=True):
        assert words in " ".join(seen.split())
    for zone in ELSEWHERE:
        page = arrive(timezone_id=zone)
        assert read(page, addresses) == at_home, zone
        assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == zone
