"""The day at the desk in a real browser: by keyboard, without script, beside a colleague."""

from datetime import UTC, datetime

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, sign_in, sign_in_again
from tests.browser.journey import somebody_books
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations

pytestmark = pytest.mark.browser

DAY = f"/desk/{TUESDAY}"
STARTS = ("09:00", "09:15", "10:30", "10:45", "13:30", "13:45", "15:30", "15:45")


def somebody_comes(page: Page, service: str, start: str, name: str) -> None:
    """Let somebody with a name of their own book."""
    person = {"name": name, "email": f"somebody{abs(hash(name)) % 1000}@example.com"}
    somebody_books(page, service, start, patient=person)


def test_r3_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """R3: arrows find the visit, one key each for here, in room, done; `u` takes the last one back."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Ana One")
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:15", "Bo Two")
    page.goto(DAY)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    for key, word in (("a", "here"), ("i", "in room"), ("d", "done")):
        page.keyboard.press(key)
        expect(page.locator(".state")).to_have_text(word)
    expect(page.locator("#said")).to_contain_text("Marked as done.")
    page.keyboard.press("u")
    expect(page.locator(".state")).to_have_text("in room")
    focused = page.evaluate("document.activeElement.textContent")
    assert "Bo Two" in focused
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("Bo Two")
    page.get_by_role("button", name="Done").press("Enter")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(".state")).to_have_text("done")
    assert "Bo Two" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert "Bo Two" in page.evaluate("document.activeElement.textContent")


def test_r3_and_r5_without_script(arrive: Arrive, site: Site) -> None:
    """R3, R5: the same through plain pages: open, mark, undo, move."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.get_by_role("link", name="Ana One").click()
    page.get_by_role("button", name="Here").click()
    expect(page.locator(".state")).to_have_text("here")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).to_contain_text("Set back to booked.")
    page.get_by_role("link", name="Ana One").click()
    page.get_by_text("Move, another room or length").click()
    page.get_by_label("Time").fill("10:30")
    page.get_by_role("button", name="Move the visit").click()
    expect(page.locator("#said")).to_contain_text("Moved to 10:30 a.m., Tuesday 24 November")
    expect(page.get_by_role("link", name="Ana One")).to_contain_text("10:30 a.m.")


def test_e28_a_colleagues_change_appears_by_itself(arrive: Arrive, site: Site) -> None:
    """The page shows somebody else's change by itself; focus and scroll stay where they were."""
    page, other = sign_in(arrive(1280), site), arrive(1280)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T15:30", "Cy Three")
    page.goto(DAY)
    page.locator("#grid a[data-ref]").focus()
    before = page.evaluate("scrollY")
    other.goto("/")
    somebody_comes(other, "rmt-60", f"{TUESDAY}T09:00", "Dee Four")
    expect(page.locator("#grid")).to_contain_text("Dee Four", timeout=15_000)
    assert "Cy Three" in page.evaluate("document.activeElement.textContent")
    assert page.evaluate("scrollY") == before


def test_the_network_gone_in_the_middle(arrive: Arrive, site: Site) -> None:
    """No answer: it is said, nothing is lost, and the same key works when the network is back."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "needle-followup", f"{TUESDAY}T09:00", "Ana One")
    page.route("**/desk/visits/**", lambda route: route.abort())
    page.goto(DAY)
    page.locator("#grid a[data-ref]").focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("No answer came. It may have been changed")
    page.unroute("**/desk/visits/**")
    page.locator("#grid a[data-ref]").focus()
    page.keyboard.press("a")
    expect(page.locator(".state")).to_have_text("here")


@pytest.mark.parametrize("many", [False, True])
def test_axe_finds_nothing_at_the_desk(arrive: Arrive, site: Site, many: bool) -> None:
    """L40: with one visit and with many, on a tablet and wide, in light and dark, beside a panel."""
    page = sign_in(arrive(1280), site)
    for number, start in enumerate(STARTS if many else STARTS[:1]):
        somebody_comes(page, "needle-followup", f"{TUESDAY}T{start}", f"Person {number}")
    page.goto(DAY)
    page.locator("#grid a[data-ref]").first.click()
    expect(page.locator("#panel")).to_be_visible()
    assert violations(page, EVERYTHING) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.set_viewport_size({"width": 834, "height": 1112})
    page.emulate_media(color_scheme="light")
    for path in (DAY, "/desk/keys", "/desk/2026-02-30", "/staff/account"):
        page.goto(path)
        assert violations(page, EVERYTHING) == []


MARKS = "time, .state, .flag, [lang]"
CUT = """(marks) => [...document.querySelectorAll("#grid a[data-ref]")].flatMap((link) => {
  const box = link.getBoundingClientRect();
  return [...link.querySelectorAll(marks)].filter((one) => {
    const own = one.getBoundingClientRect();
    return own.right > box.right || own.bottom > box.bottom + 1;
  }).map((one) => one.textContent);
})"""


@pytest.mark.parametrize(
    ("width", "view", "marks"),
    [
        (820, "", f"{MARKS}, b"),
        (1280, "?days=7&practitioner=lam", f"{MARKS}, b"),
        (820, "?days=7&practitioner=lam", MARKS),
    ],
)
def test_r8_flags_language_and_name_are_never_cut_off(
    arrive: Arrive, site: Site, width: int, view: str, marks: str
) -> None:
    """R8: half an hour beside other visits, on a tablet, in a week: flags, language and name are in sight."""
    page = sign_in(arrive(width), site)
    asked = {"safety": "call_me", "companion": True, "practitioner": "lam"}
    for service, start, more in (
        ("needle-followup", "09:00", {"practitioner": "lam"}),
        ("needle-followup", "09:15", {"practitioner": "lam"}),
        ("laser-30", "13:30", asked),
    ):
        person = {
            "name": f"Ana {start}",
            "email": None,
            "phone": f"604-555-0{start[:2]}{start[3]}",
            "language": "fa",
        }
        somebody_books(page, service, f"{TUESDAY}T{start}", patient=person, **more)
    page.goto(f"{DAY}{view}")
    assert page.locator("#grid .flag").count() == 6
    assert page.evaluate(CUT, marks) == []


def test_on_a_tablet_half_an_hour_has_its_room_in_sight(arrive: Arrive, site: Site) -> None:
    """Beside two visits at once, 820 pixels wide: time, flag, name and room of the shortest visit."""
    page = sign_in(arrive(820), site)
    for service, start in (("needle-followup", "09:00"), ("needle-followup", "09:15"), ("laser-30", "13:30")):
        person = {"name": "Maria Santos", "email": f"m{start[:2]}{start[3:]}@example.com"}
        more = {"patient": person, "practitioner": "lam", "safety": "ok" if service == "laser-30" else None}
        somebody_books(page, service, f"{TUESDAY}T{start}", **more)
    page.goto(DAY)
    assert page.evaluate(CUT, f"{MARKS}, b, .what") == []


def test_heads_stay_while_a_tablet_scrolls(arrive: Arrive, site: Site) -> None:
    """At 820 pixels the names over the columns are in sight wherever the day is scrolled to."""
    page = sign_in(arrive(820), site)
    page.goto(DAY)
    page.evaluate("scrollTo(0, 500)")
    head = page.locator("#grid thead th").nth(1).bounding_box()
    assert head is not None
    assert head["y"] == 0


@pytest.mark.parametrize("minute", [0, 5, 20, 55])
def test_the_line_of_now_crosses_every_column(arrive: Arrive, site: Site, minute: int) -> None:
    """One unbroken line over the whole width at this five minutes, over a visit and without script."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T10:00", "Ana One")
    site.set_clock(datetime(2026, 11, 24, 17, minute, tzinfo=UTC))
    sign_in_again(page, site)
    page.goto(DAY)
    line, table = page.locator("#grid .line").bounding_box(), page.locator("#grid table").bounding_box()
    row = page.locator(f"#grid tr[data-minute='{600 + minute}']").bounding_box()
    assert line is not None
    assert table is not None
    assert row is not None
    assert line["width"] == pytest.approx(table["width"], abs=3)
    assert line["y"] == pytest.approx(row["y"], abs=1)
    assert page.locator("#grid th.now").inner_text() == f"10:{minute:02}"
