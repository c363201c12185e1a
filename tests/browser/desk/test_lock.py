"""A desk that nobody uses is covered, on every page; nothing typed is lost, and one goes on where one was."""

import pytest

from tests.browser.chromium import Page, Route, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, another_link, new_account, sign_in
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LONG = 25_000  # milliseconds: a quiet page asks every twenty seconds
PAGES = ("/desk/calls", "/desk/patients/1", f"{DAY}/sheet", DAY)


def back_again(page: Page, site: Site) -> None:
    """Sign the same person in again, in another tab."""
    other = page.context.new_page()
    other.goto(f"/staff/link/{another_link(site)}")
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/staff/account?new=1")
    other.close()


def held_back(page: Page, addresses: str) -> list[Route]:
    """Keep requests to some addresses on their way; each is in the list, to be sent on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(addresses, hold)
    return held


def signed_out_elsewhere(page: Page) -> None:
    """End the session from another tab."""
    other = page.context.new_page()
    other.goto("/staff/account")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/staff/sign-in**")
    other.close()


def test_every_page_is_covered_after_half_an_hour(arrive: Arrive, site: Site) -> None:
    """The call list, a patient, the sheet, the calendar: left open past the session's end, no name shows."""
    first = sign_in(arrive(1280), site)
    somebody_comes(first, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    pages = [first, *(first.context.new_page() for _ in PAGES[1:])]
    for page, path in zip(pages, PAGES, strict=True):
        page.goto(path)
        expect(page.locator("#lock")).to_be_hidden()
    site.pass_time(31)
    for page in pages:
        expect(page.locator("#lock")).to_be_visible(timeout=LONG)
        assert page.get_by_text("Ana One").filter(visible=True).count() == 0
    back_again(first, site)
    for page in pages:
        expect(page.locator("#lock")).to_be_hidden(timeout=LONG)


def test_the_cover_can_be_read_in_any_light(arrive: Arrive, site: Site) -> None:
    """L40: axe finds nothing on the cover, and keys of the page beneath it do nothing."""
    page = sign_in(arrive(1280), site)
    page.goto("/desk/calls")
    signed_out_elsewhere(page)
    expect(page.locator("#lock")).to_be_visible(timeout=LONG)
    assert page.evaluate("document.activeElement.textContent") == "Sign in again"
    page.keyboard.press("n")
    expect(page.locator("#panel")).to_be_hidden()
    assert violations(page, EVERYTHING) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


def test_a_page_of_its_own_is_covered_before_it_is_sent(arrive: Arrive, site: Site) -> None:
    """What is typed stays on the page; signed in again, focus is where it was and the form can be sent."""
    page = sign_in(arrive(1280), site)
    page.goto("/desk/blocks")
    signed_out_elsewhere(page)
    page.get_by_label("Reason").fill("Typed before")
    page.keyboard.press("Enter")
    expect(page.locator("#lock")).to_be_visible()
    assert page.url.endswith("/desk/blocks")
    back_again(page, site)
    expect(page.locator("#lock")).to_be_hidden(timeout=LONG)
    assert page.evaluate("document.activeElement.value") == "Typed before"
    page.get_by_label("Who or what").select_option(label="Sarah Kim")
    page.locator("#kind").select_option("meeting")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#said")).to_contain_text("Blocked. No visit was in that time.")


def test_without_a_connection_a_page_of_its_own_stays(arrive: Arrive, site: Site) -> None:
    """Nothing is sent into the void: the page stays with what was typed, and says so."""
    page = sign_in(arrive(1280), site)
    page.route("**/desk/keys", lambda route: route.abort())
    page.goto("/desk/blocks")
    page.get_by_label("Reason").fill("Typed before")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#said")).to_contain_text("There is no connection. Nothing was changed.")
    expect(page.get_by_label("Reason")).to_have_value("Typed before")


def test_focus_comes_back_to_the_visit(arrive: Arrive, site: Site) -> None:
    """In the calendar, too: the visit that had the focus has it again."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.locator("#grid a[data-ref]").focus()
    signed_out_elsewhere(page)
    expect(page.locator("#lock")).to_be_visible()
    back_again(page, site)
    expect(page.locator("#lock")).to_be_hidden(timeout=LONG)
    expect(page.locator("#grid a[data-ref]")).to_be_focused()


def test_a11_nothing_is_done_in_the_name_of_who_came_after(arrive: Arrive, site: Site) -> None:
    """A11: another tab signs in as somebody else; what this page still sends is not done in their name."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").click()
    page.get_by_label("Note for the desk").fill("Typed by reception")
    page.route("**/grid*", lambda route: route.abort())  # the calendar notices nothing by itself
    link = new_account(site, "admin")
    other = page.context.new_page()
    other.goto("/staff/account")
    other.get_by_role("button", name="Sign out").click()
    other.goto(f"/staff/link/{link}")
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/staff/account?new=1")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep the note").click()
    page.unroute("**/grid*")
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").click()
    expect(page.get_by_label("Note for the desk")).to_have_value("")


def test_ctrl_and_u_is_the_browsers_own(arrive: Arrive, site: Site) -> None:
    """The key for Undo is u alone."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Undo")
    page.keyboard.press("Control+u")
    page.wait_for_timeout(500)
    expect(page.locator("#said")).to_contain_text("Undo")
    page.keyboard.press("u")
    expect(page.locator("#said")).not_to_contain_text("Marked as here")


def test_a_late_answer_closes_no_other_panel(arrive: Arrive, site: Site) -> None:
    """What is typed beside another visit meanwhile stays."""
    page = sign_in(arrive(1280), site)
    for at, name in (("09:00", "Ana One"), ("10:30", "Bo Two")):
        somebody_comes(page, "rmt-60", f"{TUESDAY}T{at}", name)
    page.goto(DAY)
    held = held_back(page, "**/status*")
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    page.keyboard.press("a")
    page.locator("#grid").get_by_role("link", name="Bo Two").click()
    page.get_by_label("Note for the desk").fill("Brings a frame")
    held[0].continue_()
    expect(page.locator("#said")).to_contain_text("Marked as here")
    expect(page.get_by_label("Note for the desk")).to_have_value("Brings a frame")


def test_e25_a_form_pressed_twice_is_sent_once(arrive: Arrive, site: Site) -> None:
    """E25: while it is on its way, a second press of the same form sends nothing."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.locator("#grid").get_by_role("link", name="Ana One").click()
    page.get_by_label("Note for the desk").fill("Brings a frame")
    held = held_back(page, "**/note")
    keep = page.get_by_role("button", name="Keep the note")
    keep.dblclick()
    keep.click()
    held[0].continue_()
    expect(page.locator("#said")).to_contain_text("The note is kept.")
    assert len(held) == 1


def test_a_server_that_fails_loses_no_form(arrive: Arrive, site: Site, visitors: list[Visitor]) -> None:
    """What is typed stays on its page while the program behind the proxy does not answer."""
    page = sign_in(arrive(1280), site)

    def fail(route: Route) -> None:
        route.fulfill(status=502, body="Bad gateway")

    page.route("**/desk/keys", fail)
    page.goto("/desk/blocks")
    page.get_by_label("Reason").fill("Typed before")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#said")).to_contain_text("There is no connection. Nothing was changed.")
    expect(page.get_by_label("Reason")).to_have_value("Typed before")
    expect(page.locator("#lock")).to_be_hidden()
    page.unroute("**/desk/keys")
    told = {complaint.partition(" (")[0] for complaint in visitors[0].complaints}
    assert told == {"Failed to load resource: the server responded with a status of 502"}
    visitors[0].complaints.clear()


def test_esc_while_a_drop_is_on_its_way(arrive: Arrive, site: Site) -> None:
    """Esc does not say that nothing was changed while a move is being made; its answer is what counts."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    held = held_back(page, "**/move")
    page.locator("#grid").get_by_role("link", name="Ana One").focus()
    for key in ("m", "ArrowDown", "ArrowDown", "ArrowDown", "Enter", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("#said")).to_have_text("It is on its way already.")
    held[0].continue_()
    expect(page.locator("#said")).to_contain_text("Moved to")
    expect(page.locator("#grid a[data-ref] time")).to_contain_text("9:15")
