"""What is in the hand stays with the calendar, and the focus with the visit (R5)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.desk.test_move import at_the_desk, presses
from tests.browser.site import Site

pytestmark = pytest.mark.browser

ANA = ("rmt-60", "09:00", "Ana One")
FOCUSED = "document.activeElement.closest('a[data-ref]')?.textContent || ''"


def rows_apart(page: Page, minute: int) -> float:
    """Return by how many rows the ghost is away from where it should be."""
    ghost = page.locator(".ghost").bounding_box()
    row = page.locator(f"#grid tr[data-minute='{minute}']").bounding_box()
    assert ghost is not None
    assert row is not None
    return abs(ghost["y"] - row["y"]) / row["height"]


def ghost_in_sight(page: Page) -> bool:
    """Return whether the ghost lies below the heads and above the window's edge."""
    box = page.locator(".ghost").bounding_box()
    head = page.locator("#grid thead th").first.bounding_box()
    assert box is not None
    assert head is not None
    height = page.evaluate("innerHeight")
    return bool(box["y"] >= head["y"] + head["height"] - 1 and box["y"] + box["height"] <= height + 1)


def test_r5_the_ghost_is_where_the_visit_would_go(arrive: Arrive, site: Site) -> None:
    """R5: under the status line, after scrolling and a colleague's change, at the time that is said."""
    page = at_the_desk(arrive, site, ANA)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    expect(page.locator("#said")).to_contain_text("Picked up")
    assert rows_apart(page, 9 * 60) < 0.5
    page.evaluate("scrollTo(0, 200)")
    assert rows_apart(page, 9 * 60) < 0.5
    somebody_comes(page, "needle-followup", f"{TUESDAY}T11:00", "Bo Two")
    expect(page.locator("#grid")).to_contain_text("Bo Two", timeout=15_000)
    expect(page.locator(".ghost")).to_be_visible()
    presses(page, "ArrowDown", 3)
    assert rows_apart(page, 9 * 60 + 15) < 0.5


def test_r5_the_page_follows_what_is_carried(arrive: Arrive, site: Site) -> None:
    """R5: by arrows beyond the window's edge and back again, the place is always in sight."""
    page = at_the_desk(arrive, site, ANA)
    page.set_viewport_size({"width": 1280, "height": 420})
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    presses(page, "ArrowDown", 60)
    expect(page.locator("#said")).to_contain_text("2:00 p.m.")
    assert ghost_in_sight(page)
    presses(page, "ArrowUp", 60)
    assert ghost_in_sight(page)


def test_r5_a_drag_to_the_edge_scrolls(arrive: Arrive, site: Site) -> None:
    """R5: held at the window's lower edge the page goes on, and the visit with it; Esc ends it."""
    page = at_the_desk(arrive, site, ANA)
    page.set_viewport_size({"width": 1280, "height": 420})
    box = page.locator("#grid").get_by_role("link", name="Ana One").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 25, 410, steps=4)
    for _ in range(100):
        if page.evaluate("scrollY") > 200:
            break
        page.wait_for_timeout(50)
    page.mouse.move(box["x"] + 25, 300)
    ghost = page.locator(".ghost").bounding_box()
    assert ghost is not None
    assert ghost["y"] == pytest.approx(296, abs=8)
    page.keyboard.press("Escape")
    page.mouse.move(box["x"] + 30, 250, steps=3)
    expect(page.locator(".ghost")).to_be_hidden()
    page.mouse.up()
    expect(page.locator("#grid").get_by_role("link", name="Ana One")).to_contain_text("9:00 a.m.")


@pytest.mark.parametrize("key", ["drop", "x"])
def test_after_what_was_refused_esc_goes_back_to_the_visit(arrive: Arrive, site: Site, key: str) -> None:
    """A drop into the break, a no-show too early: the panel says why, and Esc gives the visit the focus."""
    page = at_the_desk(arrive, site, ANA, ("rmt-60", "10:15", "Bo Two"))
    page.locator("#grid").get_by_role("link", name="Bo Two").focus()
    if key == "drop":
        page.keyboard.press("m")
        presses(page, "ArrowDown", 24)
        key = "Enter"
    page.keyboard.press(key)
    expect(page.locator("#panel [role=alert]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert "Bo Two" in page.evaluate(FOCUSED)


@pytest.mark.parametrize("view", ["?by=rooms", "?days=3"])
def test_where_visits_are_not_moved_m_says_so(arrive: Arrive, site: Site, view: str) -> None:
    """By rooms, and in three days of everybody: one sentence says where visits are moved."""
    page = at_the_desk(arrive, site, ANA)
    page.goto(f"{DAY}{view}")
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    expect(page.locator("#said")).to_contain_text("Visits are moved in the day by people")


def test_a_visit_that_has_begun_is_not_picked_up_and_it_is_said(arrive: Arrive, site: Site) -> None:
    """Somebody who is here already stays where they are: one sentence, nothing in the hand."""
    page = at_the_desk(arrive, site, ANA)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("a")
    expect(page.locator(".state")).to_have_text("here")
    page.keyboard.press("m")
    expect(page.locator("#said")).to_contain_text("Only a visit that is still booked can be moved.")
    expect(page.locator(".ghost")).to_have_count(0)


def test_nothing_shows_between_the_bar_and_the_heads(arrive: Arrive, site: Site) -> None:
    """Scrolled, the names over the columns touch the bar: no sliver of a visit between them."""
    page = at_the_desk(arrive, site, ANA)
    page.set_viewport_size({"width": 1280, "height": 420})
    page.evaluate("scrollTo(0, 200)")
    bar, head = page.locator(".bar").bounding_box(), page.locator("#grid thead th").nth(1).bounding_box()
    assert bar is not None
    assert head is not None
    assert head["y"] <= bar["y"] + bar["height"]


def test_a_calendar_without_answers_says_that_it_may_be_old(arrive: Arrive, site: Site) -> None:
    """While nobody touches it: said beside what the status line says, and taken back with the next answer."""
    page = at_the_desk(arrive, site, ANA)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Marked as here.")
    page.route(f"**/{TUESDAY}/grid", lambda route: route.abort())
    expect(page.locator("#said")).to_contain_text("may be old")
    expect(page.locator("#said")).to_contain_text("Marked as here.")
    page.unroute(f"**/{TUESDAY}/grid")
    expect(page.locator("#said")).not_to_contain_text("may be old")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(740, 980), (980, 740)])
def test_on_letter_paper_the_day_is_whole(arrive: Arrive, site: Site, width: int, height: int) -> None:
    """Upright or across: the date with its year, every practitioner on the sheet, no buttons."""
    page = at_the_desk(arrive, site, ANA)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": height})
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    year = page.evaluate("getComputedStyle(document.querySelector('h1'), '::after').content")
    assert "2026" in page.evaluate("document.querySelector('h1').dataset.year")
    assert year not in ("none", "")
    for head in page.locator("#grid thead th").all():
        box = head.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for gone in (".views", ".me", ".bar button", "#whose"):
        assert not any(one.is_visible() for one in page.locator(gone).all())
