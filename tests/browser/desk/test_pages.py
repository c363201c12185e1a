"""The desk's other pages in a real browser: by keyboard, without script, under axe (R4, R7)."""

import re

import pytest

from tests.browser.chromium import Page, Route, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import TUESDAY, another_link, sign_in
from tests.browser.desk.test_day import DAY, somebody_comes
from tests.browser.journey import somebody_books
from tests.browser.site import Site
from tests.browser.test_axe import COLOURS, EVERYTHING, violations
from tests.staff import PASSWORD

pytestmark = pytest.mark.browser

PAGES = (
    *("/desk/patients", "/desk/patients/1", "/desk/calls", "/desk/messages", "/desk/open", "/desk/export"),
    *(
        "/desk/why?service=rmt-60&practitioner=&on=2026-11-24&at=12:05",
        "/desk/late",
        "/desk/sick",
        "/desk/blocks",
    ),
    *(f"{DAY}?by=rooms", f"{DAY}?days=7&practitioner=kim", "/staff/second-factor", "/staff/lost-password"),
    *("/admin/", "/staff/account", "/desk/visits/NOPE", "/desk/?on=2026-02-30"),
)


def test_axe_finds_nothing_on_any_page_of_the_desk(arrive: Arrive, site: Site) -> None:
    """L40: every page, in light and dark."""
    page = sign_in(arrive(1280), site, role="admin")
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    found = {}
    for path in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(path)
        found[path] = violations(page, EVERYTHING)
        page.emulate_media(color_scheme="dark")
        found[path] += violations(page, COLOURS)
    assert {path: one for path, one in found.items() if one} == {}


def sick_call(page: Page) -> None:
    """Fill in the form of a sick call for Kim on Tuesday."""
    page.get_by_label("Who or what").select_option(label="Sarah Kim")
    page.get_by_label("From day").fill(TUESDAY)
    page.get_by_label("To day").fill(TUESDAY)
    page.locator("#from_at").fill("09:00")


def test_r7_by_keyboard_alone(arrive: Arrive, site: Site) -> None:
    """R7: from the rail to the settled day without a mouse."""
    page = sign_in(arrive(1280), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto(DAY)
    page.get_by_role("link", name="Off sick").press("Enter")
    sick_call(page)
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.get_by_role("group", name="Ana One")).to_be_visible()
    page.get_by_role("button", name="Block the time").press("Enter")
    expect(page.locator("#said")).to_contain_text("Blocked. Visits: 1 to be called.")
    page.goto("/desk/calls")
    expect(page.locator("main")).to_contain_text("The clinic cannot keep this time")
    language = page.get_by_role("rowheader", name="Ana One").locator(".soft")
    expect(language).to_have_css("font-weight", "400")  # beside the name it reads as a surname


def test_r7_without_script(arrive: Arrive, site: Site) -> None:
    """R7: the same through plain forms, another choice taken."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    somebody_comes(page, "rmt-60", f"{TUESDAY}T09:00", "Ana One")
    page.goto("/desk/sick")
    sick_call(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Cancel by the clinic").check()
    page.get_by_role("button", name="Block the time").click()
    expect(page.locator("#said")).to_contain_text("Blocked. Visits: 1 cancelled.")


def test_r4_running_late_shows_what_clashes(arrive: Arrive, site: Site) -> None:
    """R4: minutes and Enter; nothing clashes on a day without visits."""
    page = sign_in(arrive(1280), site)
    page.goto("/desk/late")
    page.get_by_label("Minutes behind").fill("10")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Nothing clashes")


def test_locked_not_lost(arrive: Arrive, site: Site) -> None:
    """Signed out elsewhere in the middle of typing: covered, then the same person goes on where they were."""
    page = sign_in(arrive(1280), site)
    page.goto(DAY)
    page.keyboard.press("n")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Name", exact=True).fill("Typed before")
    link = another_link(site)
    other = page.context.new_page()
    other.goto("/staff/account")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Show free times").click()
    expect(page.locator("#lock")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    other.goto(f"/staff/link/{link}")
    other.get_by_role("button", name="Sign in").click()
    expect(page.locator("#lock")).to_be_hidden(timeout=15_000)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before")
    page.get_by_label("Service").select_option("rmt-60")
    page.get_by_role("button", name="Show free times").click()
    expect(page.get_by_role("list", name="Free times")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before")


def test_locked_not_lost_without_script(arrive: Arrive, site: Site) -> None:
    """Signed out elsewhere before the button was pressed: signed in, what was typed is sent by one press."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    for label in ("New password", "The same once more"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.goto("/desk/book")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Name", exact=True).fill("Typed before")
    page.get_by_label("Phone").fill("604-555-0147")
    page.get_by_label("Service").select_option("rmt-60")
    page.get_by_role("button", name="Show free times").click()
    other = page.context.new_page()
    other.goto("/staff/account")
    other.get_by_role("button", name="Sign out").click()
    page.locator("button[name=start]").first.click()
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    page.get_by_label("E-mail").fill("reception@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).press("Enter")
    page.get_by_role("button", name="Send it now").press("Enter")
    expect(page.locator("#said")).to_contain_text("Booked: ")
    expect(page.locator("#grid")).to_contain_text("Typed before")
    assert site.count("appointment") == 1


def test_a_panel_that_comes_late_opens_nothing(arrive: Arrive, site: Site) -> None:
    """Escape, or another visit, while the first is on its way: the first does not come after all."""
    page = sign_in(arrive(1280), site)
    for start, name in (("09:00", "Ana One"), ("13:30", "Bo Two")):
        somebody_comes(page, "rmt-60", f"{TUESDAY}T{start}", name)
    page.goto(DAY)
    address = page.locator("#grid").get_by_role("link", name="Ana One").get_attribute("href")
    waiting: list[Route] = []
    page.route(f"**{address}", lambda route: waiting.append(route))  # noqa: PLW0108  it takes no built-in
    page.goto(DAY)
    for key, says in (("Escape", ""), ("Enter", "Bo Two")):
        page.locator("#grid").get_by_role("link", name="Ana One").click()
        page.locator("#grid").get_by_role("link", name="Bo Two").focus()
        page.keyboard.press(key)
        if says:
            expect(page.locator("#panel")).to_contain_text(says)
        with page.expect_response(f"**{address}"):
            waiting.pop().continue_()
        page.wait_for_timeout(200)
        assert page.locator("#panel").inner_text().count("Ana One") == 0


def test_a_page_of_its_own_stays_one(arrive: Arrive, site: Site) -> None:
    """Opened in a tab of its own, booking and the visit's page answer where one looks, not beside it."""
    page = sign_in(arrive(1280), site)
    page.goto("/desk/book")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Name", exact=True).fill("Ana One")
    page.get_by_label("Phone").fill("604-555-0147")
    page.get_by_label("Service").select_option("rmt-60")
    page.get_by_role("button", name="Show free times").click()
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("main button[name=start]").first.click()
    expect(page.locator("#said")).to_contain_text("Booked: ")
    address = page.locator("#grid").get_by_role("link", name="Ana One").get_attribute("href")
    page.goto(str(address))
    page.locator("main").get_by_role("button", name="Here", exact=True).click()
    expect(page.locator("#said")).to_contain_text("Undo")
    page.goto(str(address))
    expect(page.locator("main")).to_contain_text("Here")


def test_r8_e74_the_sheet_is_letter_paper_without_script(arrive: Arrive, site: Site) -> None:
    """R8, E74: printed without script it is a few pages of letter paper, with every visit on them."""
    page = sign_in(arrive(1280, java_script_enabled=False), site)
    for start, name in (("09:00", "Ana One"), ("10:30", "Bo Two")):
        somebody_comes(page, "needle-followup", f"{TUESDAY}T{start}", name)
    page.goto(f"{DAY}/sheet")
    printed = page.pdf(format="Letter", prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed))
    assert {tuple(sorted((round(float(w)), round(float(h))))) for w, h in boxes} == {(612, 792)}
    assert 1 <= len(re.findall(rb"/Type /Page\b(?!s)", printed)) <= 4
    assert {"Ana One", "Bo Two"} <= {name for name in ("Ana One", "Bo Two") if name in page.content()}


def test_l40_nothing_scrolls_sideways_on_a_phone(arrive: Arrive, site: Site) -> None:
    """L40: at 390 pixels only calendar and tables scroll, each in its own frame; never the page."""
    page = sign_in(arrive(390), site, role="admin")
    by_phone = {"name": "Ana One", "email": None, "phone": "604-555-0147"}
    somebody_books(page, "rmt-60", f"{TUESDAY}T09:00", patient=by_phone)
    wide = {}
    for path in (DAY, *PAGES):
        page.goto(path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 390} == {}
