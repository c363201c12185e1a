"""Dark, high contrast, still, on paper: the same page, nothing missing (L41)."""

import re

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.gallery import PAGES, Gallery
from tests.browser.measuring import measure
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

NOT_FOR_PAPER = ("Add to calendar", "Print", "Book another visit")


@pytest.mark.parametrize("name", PAGES)
def test_no_scheme_hides_anything(gallery: Gallery, name: str) -> None:
    """Dark colours, forced colours and less motion show every text that light shows, and none is faint."""
    page = gallery.show(name, NARROW)
    plain = measure(page, "texts")
    assert plain
    for asked in ({"color_scheme": "dark"}, {"forced_colors": "active"}, {"reduced_motion": "no-preference"}):
        gallery.show(name, NARROW).emulate_media(**asked)  # type: ignore[arg-type]  # one of its own arguments
        assert measure(page, "texts") == plain, asked
        assert measure(page, "faint") == [], asked


@pytest.mark.parametrize("name", ["times", "details-faults"])
def test_what_is_chosen_shows_without_colours(gallery: Gallery, name: str) -> None:
    """With forced colours the chosen option has a thicker edge than its neighbours."""
    page = gallery.show(name, NARROW)
    page.emulate_media(forced_colors="active")
    chosen, other = {
        "times": (".line a[aria-current]", ".line a:not([aria-current])"),
        "details-faults": (".choice:has(:checked)", ".choice:not(:has(:checked))"),
    }[name]
    expect(page.locator(chosen).first).to_have_css("border-top-width", "3px")
    expect(page.locator(other).first).to_have_css("border-top-width", "1px")


@pytest.mark.parametrize("name", ["services", "times", "details", "booked"])
def test_little_moves_and_nothing_where_that_is_asked(gallery: Gallery, name: str) -> None:
    """Nothing moves longer than 150 ms, and nothing at all under prefers-reduced-motion."""
    page = gallery.show(name)
    page.emulate_media(reduced_motion="no-preference")
    assert 0 < measure(page, "motion") <= 150
    page.emulate_media(reduced_motion="reduce")
    assert measure(page, "motion") == 0


def on_paper(page: Page) -> int:
    """Return how many letter pages a page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter")))


def test_the_confirmation_prints_on_one_page(gallery: Gallery) -> None:
    """On paper the visit stands alone: no buttons, all facts, the clinic's phone, one sheet."""
    page = gallery.show("booked", WIDE)
    page.emulate_media(media="print", color_scheme="dark")
    shown = "\n".join(measure(page, "texts"))
    assert [label for label in NOT_FOR_PAPER if label in shown] == []
    for words in (
        "11:00 a.m., Wednesday 25 November",
        "Grace Lam, R.TCM.P",
        "604-555-0100",
        "100 Sample Street",
    ):
        assert words in shown
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")
    assert measure(page, "clipped") == []
    assert on_paper(page) == 1
