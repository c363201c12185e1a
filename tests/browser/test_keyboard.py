"""The keyboard alone: Tab, Shift+Tab, Enter, Space and arrows reach and work everything (L40)."""

import pytest

from tests.browser.chromium import ElementHandle, Locator, Page, expect
from tests.browser.conftest import Arrive
from tests.browser.gallery import Gallery
from tests.browser.journey import BOOKED, EMAIL, NAME, book_button, heading
from tests.browser.site import Site
from tests.browser.visitor import NARROW, WIDE

pytestmark = pytest.mark.browser

MOST_STOPS = 120
# Where the focus is, whether it can be seen there and whether anything lies over it.
STOP = """(wanted) => {
  const e = document.activeElement;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2];
  const top = document.elementFromPoint(x, y);
  return {
    name: `${e.tagName} ${e.textContent.trim() || e.name}`.slice(0, 60),
    there: e === wanted,
    outlined: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3,
    inside: box.top >= 0 && box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight,
    uncovered: !!top && (e.contains(top) || top.contains(e)),
  };
}"""

# Everything that takes the focus; a group of radio buttons is one stop.
CONTROLS = """[...document.querySelectorAll("a, button, input:not([type=hidden])")].filter((e) =>
  e.tabIndex === 0 && e.checkVisibility() &&
  (e.type !== "radio" || e === (e.form.querySelector(`[name=${e.name}]:checked`) || e.form[e.name][0])))"""


def step(page: Page, wanted: ElementHandle | None = None) -> bool:
    """Press Tab once and say whether it led to ``wanted``; the stop must be visible, whole and uncovered."""
    page.keyboard.press("Tab")
    stop = page.evaluate(STOP, wanted)
    assert stop["outlined"], f"no outline: {stop}"
    assert stop["inside"], f"not in the window: {stop}"
    assert stop["uncovered"], f"covered: {stop}"
    return bool(stop["there"])


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until ``wanted`` has the focus."""
    handle = wanted.element_handle()
    for _ in range(MOST_STOPS):
        if step(page, handle):
            return
    raise AssertionError(f"not reached by Tab: {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def test_massage_by_keyboard_on_a_small_screen(arrive: Arrive, site: Site) -> None:
    """A massage is booked at 390 pixels without a pointer, another person chosen on the way."""
    page = arrive(NARROW)
    page.goto("/")
    press(page, page.get_by_role("link", name="Massage, been here before: 60 min $136.50"))
    expect(heading(page)).to_have_text("When suits you?")
    press(page, page.get_by_role("link", name="Niloufar Ahmadi"))
    next_free = page.get_by_role("button", name="Next free: Wednesday 25 November, 1:00 p.m.")
    expect(next_free).to_be_visible()
    press(page, next_free)
    expect(heading(page)).to_have_text("Your details")
    write(page, "Name", NAME)
    write(page, "Phone", "604 555 0123")
    tab_to(page, page.get_by_label("I have been here for massage before"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("This is my first visit for massage")).to_be_checked()
    page.keyboard.press("ArrowUp")
    press(page, page.get_by_label("I have read this and agree"), "Space")
    press(page, book_button(page))
    expect(heading(page)).to_have_text(BOOKED)
    assert site.count("appointment") == 1


def test_laser_by_keyboard_at_a_desk(arrive: Arrive, site: Site) -> None:
    """A laser visit with company is booked at 1280 pixels: a chip among the days, the safety notice."""
    page = arrive(WIDE)
    page.goto("/")
    press(page, page.get_by_role("link", name="Needle-free laser acupuncture, first visit: 60 min $135.00"))
    press(page, page.get_by_role("link", name="With someone"))
    expect(page.get_by_role("link", name="With someone")).to_have_attribute("aria-current", "true")
    press(page, page.get_by_role("link", name="Fri 27"))
    press(page, page.locator('.part button[value="2026-11-27T09:00"]'))
    expect(heading(page)).to_have_text("Your details")
    write(page, "Name", NAME)
    write(page, "E-mail", EMAIL)
    press(page, page.get_by_label("None of these apply to me"), "Space")
    expect(page.get_by_label("Someone is coming with me")).to_be_checked()
    press(page, page.get_by_label("I have read this and agree"), "Space")
    press(page, book_button(page), "Space")
    expect(heading(page)).to_have_text(BOOKED)
    assert site.count("appointment") == 1


def test_needle_by_keyboard_at_400_percent(arrive: Arrive, site: Site) -> None:
    """In a window of 320 by 256 the same way is open, and what has the focus is never cut or covered."""
    page = arrive(320, viewport={"width": 320, "height": 256})
    page.goto("/")
    press(page, page.get_by_role("link", name="Acupuncture, first visit: 75 min $145.00"))
    press(page, page.get_by_role("button", name="Next free: Monday 23 November, 10:00 a.m."))
    expect(heading(page)).to_have_text("Your details")
    write(page, "Name", NAME)
    write(page, "E-mail", EMAIL)
    press(page, page.get_by_label("I have read this and agree"), "Space")
    press(page, book_button(page))
    expect(heading(page)).to_have_text(BOOKED)
    assert site.count("appointment") == 1


@pytest.mark.parametrize("script", [True, False])
def test_enter_in_a_field_books(arrive: Arrive, site: Site, script: bool) -> None:
    """The Enter key in a field presses Book, not the first button of the page."""
    page = arrive(NARROW, java_script_enabled=script)
    page.goto("/book/needle-initial")
    page.get_by_role("button", name="Next free").click()
    page.get_by_label("I have read this and agree").check()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(BOOKED)
    assert site.count("appointment") == 1


def test_the_first_stop_skips_to_the_page(page: Page) -> None:
    """The first Tab shows a link over everything; Enter goes past the frame."""
    page.goto("/book/needle-followup")
    press(page, page.get_by_role("link", name="Skip to the page"))
    tab_to(page, page.get_by_role("link", name="Treatment", exact=True))


@pytest.mark.parametrize("name", ["details-faults", "details-taken", "booked", "privacy", "times-far"])
def test_tab_goes_through_the_page_in_order(gallery: Gallery, name: str) -> None:
    """Tab stops at every link, button and field, once, in the order in which they are read."""
    page = gallery.show(name, NARROW)
    page.get_by_role("link", name="Skip to the page").focus()
    stops = [0]
    for _ in range(1, page.evaluate(f"({CONTROLS}).length")):
        step(page)
        stops.append(page.evaluate(f"({CONTROLS}).indexOf(document.activeElement)"))
    assert stops == list(range(len(stops)))
