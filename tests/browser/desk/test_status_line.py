"""The desk's one status line: always in view, never over the focus, and never of something else."""

import pytest

from tests.browser.chromium import Page, Route, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, sign_in
from tests.browser.desk.test_day import DAY, STARTS, somebody_comes
from tests.browser.site import Site
from tests.browser.test_axe import EVERYTHING, violations

pytestmark = pytest.mark.browser


def is_in_view(page: Page, selector: str) -> bool:
    """Say whether all of an element is seen where it lies."""
    seen: bool = page.evaluate(
        """(one) => {
          const box = document.querySelector(one).getBoundingClientRect();
          const at = (y) => document.elementFromPoint(box.left + 20, y)?.closest(one) !== null;
          return box.top >= 0 && box.bottom <= innerHeight && at(box.top + 4) && at(box.bottom - 4);
        }""",
        selector,
    )
    return seen


@pytest.mark.parametrize("width", [1280, 834, 390])
def test_what_was_done_is_said_in_view(arrive: Arrive, site: Site, width: int) -> None:
    """Scrolled far down the day, the line and its Undo are seen, and what has the focus is, too."""
    page = sign_in(arrive(width), site)
    for number, start in enumerate(STARTS):
        somebody_comes(page, "needle-followup", f"{TUESDAY}T{start}", f"Person {number}")
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(DAY)
    page.locator("#grid a[data-ref]").last.focus()
    lower = "document.activeElement.getBoundingClientRect().bottom - innerHeight"
    page.evaluate(f"scrollTo(0, scrollY + {lower})")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Marked as here.")
    assert is_in_view(page, "#said")
    assert is_in_view(page, "#grid a:focus")
    page.evaluate("scrollTo(0, 0)")
    assert is_in_view(page, "#said")
    assert violations(page, EVERYTHING) == []


def test_without_script_it_is_in_view_as_well(arrive: Arrive, site: Site) -> None:
    """A page that comes after a change shows its line at once, however long it is."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.get_by_role("link", name="Ana One").click()
    page.get_by_role("button", name="Here").click()
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport(ratio=1)


def test_a_refusal_takes_the_last_undo_away(arrive: Arrive, site: Site) -> None:
    """R5: what is refused leaves no Undo of what was done before; `u` then undoes nothing."""
    page = sign_in(arrive(1280), site)
    for start, name in (("09:00", "Ana One"), ("13:30", "Bo Two")):
        somebody_comes(page, "rmt-60", f"{TUESDAY}T{start}", name)
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Undo")
    page.locator("#grid").get_by_role("link", name="Bo Two").focus()
    page.keyboard.press("x")
    expect(page.locator("#panel [role=alert]")).to_be_visible()
    expect(page.locator("#said")).to_be_empty()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.reload()
    expect(page.locator(".state")).to_have_text("here")


def test_an_answer_that_was_lost_is_not_called_nothing(arrive: Arrive, site: Site) -> None:
    """The change was made and its answer lost: that is not denied, and the calendar shows how it stands."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")

    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/status", lost)
    page.goto(DAY)
    page.locator("#grid a[data-ref]").focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("No answer came. It may have been changed all the same")
    expect(page.locator(".state")).to_have_text("here")


def test_who_only_treats_marks_nothing_by_key(arrive: Arrive, site: Site) -> None:
    """A4: a practitioner's Enter opens their own visit, and `a` is no key of theirs."""
    page = sign_in(arrive(1280), site, role="practitioner")
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("Ana One")
    expect(page.locator("#panel form")).to_have_count(0)
    assert sent == []
