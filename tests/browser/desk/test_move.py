"""Moving visits in a real browser: keyboard, mouse, a colleague, a lost connection (R5, C9)."""

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, another_link, sign_in
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def presses(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def at_the_desk(arrive: Arrive, site: Site, *visits: tuple[str, str, str]) -> Page:
    page = sign_in(arrive(1280), site)
    for service, start, name in visits:
        somebody_comes(page, service, f"{TUESDAY}T{start}", name)
    page.goto(DAY)
    return page


def test_r5_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """R5: picked up, moved by arrows and dropped; Esc puts back; Undo moves back."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    visit = page.locator("#grid").get_by_role("link", name="Ana One")
    visit.focus()
    page.keyboard.press("m")
    expect(page.locator("#said")).to_contain_text("Picked up: 9:00 a.m., Sarah Kim")
    presses(page, "ArrowDown", 3)
    expect(page.locator("#said")).to_contain_text("9:15 a.m., Sarah Kim")
    page.keyboard.press("Escape")
    expect(page.locator("#said")).to_contain_text("Put back")
    expect(visit).to_contain_text("9:00 a.m.")
    page.keyboard.press("m")
    presses(page, "ArrowDown", 12)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text(
        "Moved to 10:00 a.m., Tuesday 24 November, with Sarah Kim. The patient is told by e-mail."
    )
    expect(visit).to_contain_text("10:00 a.m.")
    page.keyboard.press("u")
    expect(visit).to_contain_text("9:00 a.m.")


def test_r5_a_drop_that_is_on_its_way_is_not_repeated(arrive: Arrive, site: Site) -> None:
    """R5: Enter pressed three times in haste moves the visit once, and refuses nothing."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    moves: list[str] = []
    page.on("request", lambda asked: moves.append(asked.url) if asked.url.endswith("/move") else None)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    presses(page, "ArrowDown", 12)
    presses(page, "Enter", 3)
    expect(page.locator("#said")).to_contain_text("Moved to 10:00 a.m.")
    expect(page.locator("#panel")).to_be_hidden()
    assert len(moves) == 1


def test_r5_what_is_refused_is_said_and_stays(arrive: Arrive, site: Site) -> None:
    """A drop on another's licence and on a taken time: in words beside the calendar, nothing moved."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"), ("rmt-60", "10:15", "Bo Two"))
    visit = page.locator("#grid").get_by_role("link", name="Ana One")
    visit.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("not licensed")
    page.keyboard.press("Escape")
    visit.focus()
    page.keyboard.press("m")
    presses(page, "ArrowDown", 15)
    page.keyboard.press("Enter")
    expect(page.locator("#panel [role=alert]")).to_contain_text("with Bo Two until 11:30 a.m.")
    expect(visit).to_contain_text("9:00 a.m.")


def test_r5_by_mouse(arrive: Arrive, site: Site) -> None:
    """R5: dragged an hour down; a plain click still opens the visit."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    visit = page.locator("#grid").get_by_role("link", name="Ana One")
    box = visit.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 25, box["y"] + 20 + box["height"] + 2, steps=6)
    expect(page.locator(".ghost")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#said")).to_contain_text("Moved to 10:00 a.m.")
    expect(page.locator("#panel")).to_be_hidden()
    visit.click()
    expect(page.locator("#panel")).to_contain_text("Ana One")


def test_c9_two_receptionists_drop_on_one_free_cell(arrive: Arrive, site: Site) -> None:
    """C9: the first gets the time, the second is told and keeps the old one."""
    visits = (("rmt-60", "09:00", "Ana One"), ("rmt-60", "10:15", "Bo Two"))
    first = at_the_desk(arrive, site, *visits)
    second = arrive(1280)
    second.context.add_cookies(first.context.cookies())  # type: ignore[arg-type]  # as they came
    second.goto(DAY)
    for page, name, down in ((first, "Ana One", 45), (second, "Bo Two", 30)):
        page.locator("#grid").get_by_role("link", name=name).focus()
        page.keyboard.press("m")
        presses(page, "ArrowDown", down)
    first.keyboard.press("Enter")
    expect(first.locator("#said")).to_contain_text("Moved to 12:45 p.m.")
    second.keyboard.press("Enter")
    expect(second.locator("#panel [role=alert]")).to_contain_text("with Ana One until 2:00 p.m.")
    expect(second.locator("#grid").get_by_role("link", name="Bo Two")).to_contain_text("10:15 a.m.")


def test_the_network_gone_between_pick_up_and_drop(arrive: Arrive, site: Site) -> None:
    """It is said, the visit stays in the hand, and Enter moves it once the network is back."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    page.route("**/desk/visits/**", lambda route: route.abort())
    page.reload()  # a page that is open already may send its next request past a new route
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    presses(page, "ArrowDown", 12)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("No answer came. It may have been changed")
    expect(page.locator(".ghost")).to_be_visible()
    page.unroute("**/desk/visits/**")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Moved to 10:00 a.m.")
    expect(page.locator(".ghost")).to_be_hidden()


def dragged(page: Page, name: str, minutes: int) -> None:
    """Drag a visit down its column by minutes."""
    visit = page.locator("#grid").get_by_role("link", name=name)
    box = visit.bounding_box()
    row = page.locator("#grid tr[data-minute]").first.bounding_box()
    assert box is not None
    assert row is not None
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 25, box["y"] + 4 + row["height"] * minutes / 5, steps=6)
    expect(page.locator(".ghost")).to_be_visible()
    page.mouse.up()


def test_e47_dropped_on_the_patients_other_visit(arrive: Arrive, site: Site) -> None:
    """E47: another visit of the same patient is there: said in words, and both stay where they are."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    somebody_comes(page, "needle-followup", f"{TUESDAY}T10:30", "Ana One")
    page.goto(DAY)
    visit = page.locator("#grid").get_by_role("link", name="9:00 a.m.")
    dragged(page, "9:00 a.m.", 75)
    expect(page.locator("#panel [role=alert]")).to_contain_text("This patient has another visit at that time")
    expect(visit).to_contain_text("Ana One")
    expect(page.locator("#grid").get_by_role("link", name="10:30 a.m.")).to_contain_text("Ana One")


def test_a_drop_in_the_break_asks_for_a_reason(arrive: Arrive, site: Site) -> None:
    """D11: outside what the person works: refused in words, nothing moved, and a reason may be given."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    dragged(page, "Ana One", 180)
    expect(page.locator("#panel [role=alert]")).to_contain_text("break")
    expect(page.get_by_label("Reason to do it all the same")).to_be_visible()
    expect(page.locator("#grid").get_by_role("link", name="Ana One")).to_contain_text("9:00 a.m.")


def test_signed_out_between_pick_up_and_drop(arrive: Arrive, site: Site) -> None:
    """Covered, not lost: signed in again by the same person, the visit is still in the hand and moves."""
    page = at_the_desk(arrive, site, ("rmt-60", "09:00", "Ana One"))
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("m")
    presses(page, "ArrowDown", 12)
    other = page.context.new_page()
    link = another_link(site)
    other.goto("/staff/account")
    other.get_by_role("button", name="Sign out").click()
    page.keyboard.press("Enter")
    expect(page.locator("#lock")).to_be_visible()
    other.goto(f"/staff/link/{link}")
    other.get_by_role("button", name="Sign in").click()
    expect(page.locator("#lock")).to_be_hidden(timeout=15_000)
    expect(page.locator(".ghost")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Moved to 10:00 a.m.")
