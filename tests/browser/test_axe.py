"""What a machine can find against WCAG 2.2 AA: nothing, on any page (L40)."""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.chromium import Page
from tests.browser.gallery import PAGES, Gallery
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

OPTIONS = json.dumps({"resultTypes": ["violations"], "preload": False})
RUN = f"""async () => (await axe.run({OPTIONS})).violations.map((found) => ({{
  rule: found.id,
  where: found.nodes.map((node) => [node.target.join(" "), node.failureSummary])
}}))"""


def violations(page: Page) -> list[Any]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[Any] = page.evaluate(RUN)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(gallery: Gallery, name: str) -> None:
    """No rule of axe is broken, light or dark, on a phone or at a desk."""
    found = {}
    for width in (NARROW, WIDE):
        page = gallery.show(name, width)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words
            found[width, scheme] = violations(page)
    assert found == dict.fromkeys(found, [])
