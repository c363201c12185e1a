"""Zoom, narrow windows, large letters: everything stays readable and reachable (L40)."""

import pytest

from tests.browser.chromium import Page
from tests.browser.gallery import PAGES, Gallery
from tests.browser.measuring import measure
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

ZOOMED = (320, 256)  # 1280 by 1024 at 400 %
LEAST = 24
COMFORTABLE = 44


def faults(page: Page, *more: str) -> list[str]:
    return [fault for what in ("clipped", "colliding", *more) for fault in measure(page, what)]


@pytest.mark.parametrize("name", PAGES)
def test_400_percent_zoom_and_320_pixels_cut_nothing_off(gallery: Gallery, name: str) -> None:
    """In a window of 320 by 256 nothing scrolls sideways, sticks out, is cut off, torn or overlaps."""
    assert faults(gallery.show(name, *ZOOMED), "broken") == []


@pytest.mark.parametrize("name", PAGES)
def test_letters_of_twice_the_size_fit(gallery: Gallery, name: str) -> None:
    """With text at 200 % nothing is cut off or overlaps, on a phone or at a desk."""
    found = {}
    for width in (NARROW, WIDE):
        page = gallery.show(name, width)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[width] = faults(page, *(["broken"] if width == WIDE else []))
    assert found == {NARROW: [], WIDE: []}


@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large_enough(gallery: Gallery, name: str) -> None:
    """Whatever can be pressed is 24 pixels wide and high; what has a frame is 44 high (look.md)."""
    small = []
    for width in (320, WIDE):
        page = gallery.show(name, width, 900)
        for target in measure(page, "targets"):
            least = COMFORTABLE if target["framed"] else LEAST
            if target["wide"] < LEAST or target["high"] < least:
                small.append((width, target))
    assert small == []


@pytest.mark.parametrize("name", ["services", "times", "details-faults", "details-taken", "booked"])
def test_other_languages_will_fit(gallery: Gallery, name: str) -> None:
    """Texts 40 % longer, and the page mirrored for Persian, still fit a phone (L43)."""
    page = gallery.show(name, NARROW)
    kept = page.evaluate("document.body.innerHTML")
    page.evaluate(LONGER)
    found = {}
    for direction in ("ltr", "rtl"):
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        found[direction] = faults(page)
    page.evaluate("(kept) => { document.documentElement.dir = 'ltr'; document.body.innerHTML = kept; }", kept)
    assert found == {"ltr": [], "rtl": []}


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_languages_stand_in_line_with_the_page(gallery: Gallery, width: int) -> None:
    """The first language's letters begin where every other line of the page begins."""
    page = gallery.show("services", width)
    assert page.evaluate(FIRST_LETTERS, ".languages button") == page.evaluate(FIRST_LETTERS, "h1")


FIRST_LETTERS = """(selector) => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(selector));
  return Math.round(range.getBoundingClientRect().x);
}"""
LONGER = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const words = walk.currentNode.data.trim().split(/\\s+/).filter((word) => /^[a-z]/i.test(word));
    walk.currentNode.data += words.slice(0, Math.ceil(words.length * 0.4)).map((word) => " " + word).join("");
  }
}"""
