"""What a machine can find against WCAG 2.2 AA: nothing, on any page (L40)."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.chromium import Page
from tests.browser.gallery import PAGES, Gallery
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

EVERYTHING = {"resultTypes": ["violations"], "preload": False}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
RUN = """async (options) => (await axe.run(options)).violations.map((found) => ({
  rule: found.id,
  where: found.nodes.map((node) => [node.target.join(" "), node.failureSummary])
}))"""


def violations(page: Page, options: dict[str, Any]) -> list[Any]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[Any] = page.evaluate(RUN, options)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(gallery: Gallery, name: str) -> None:
    """No rule of axe is broken on a phone or at a desk, none about colours in light or dark."""
    found: dict[int | str, list[Any]] = {}
    for width in (NARROW, WIDE):
        page = gallery.show(name, width)
        found[width] = violations(page, EVERYTHING)
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, COLOURS)
    assert found == dict.fromkeys(found, [])
