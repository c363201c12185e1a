"""How a page is built for those who listen to it: language, title, landmarks, faults that lead on."""

import pytest

from tests.browser.chromium import expect
from tests.browser.conftest import Arrive
from tests.browser.gallery import PAGES, Gallery
from tests.browser.journey import book_button, heading

pytestmark = pytest.mark.browser

SCREENS = ("services", "times", "details", "details-faults", "booked", "privacy", "not-found", "stolen-form")
FAULTS = {
    "Please give your name.": "#name",
    "Please give an e-mail address or a phone number, so that we can reach you.": "#email",
    "Please choose one of the two answers to the safety notice.": "#safety",
    "Please agree to the privacy notice, or book by phone.": "#consent",
}
FRAMED = [name for name in PAGES if name != "malformed"]


@pytest.mark.parametrize("name", FRAMED)
def test_landmarks(gallery: Gallery, name: str) -> None:
    """Every page has one header, one main part and one footer, and each navigation has its own name."""
    page = gallery.show(name)
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)  # type: ignore[arg-type]  # a role, of the three
    names = page.locator("nav").evaluate_all("(all) => all.map((nav) => nav.getAttribute('aria-label'))")
    assert all(names)
    assert len(set(names)) == len(names)
    expect(page.locator("main a[href^='tel:'], header a[href^='tel:']").first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_l43_every_page_says_its_language(gallery: Gallery, name: str) -> None:
    """Every page, the plainest included, says that it is Canadian English, and has one heading on top."""
    page = gallery.show(name)
    assert page.evaluate("document.documentElement.lang") == "en-CA"
    expect(page.locator("h1")).to_have_count(1)
    said = page.title().split(" · ")[0].removeprefix("Please check: ")
    assert said.casefold() == heading(page).inner_text().casefold()


def test_titles_tell_the_screens_apart(gallery: Gallery) -> None:
    """No two screens have the same title: a tab, a bookmark and the history tell them apart."""
    titles = [gallery.show(name).title() for name in SCREENS]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith(" · Synergy Clinic") for title in titles)


@pytest.mark.parametrize("script", [True, False])
def test_faults_come_first_and_lead_to_their_fields(arrive: Arrive, script: bool) -> None:
    """A refused form starts at the list of what is wrong; each line leads to its field, which says it too."""
    page = arrive(java_script_enabled=script)
    page.goto("/book/laser-45/2026-11-24T15:00")
    book_button(page).click()
    notice = page.get_by_role("group", name="Please check the marked fields.")
    expect(notice).to_be_focused()
    expect(page).to_have_title("Please check: your details · Synergy Clinic")
    for fault, field in FAULTS.items():
        notice.get_by_role("link", name=fault).click()
        expect(page.locator(field)).to_be_focused()
        expect(page.locator(field)).to_be_in_viewport()
    assert notice.get_by_role("link").count() == len(FAULTS)


def test_each_field_says_its_fault(gallery: Gallery) -> None:
    """A refused field is marked and described by its fault for those who hear it."""
    page = gallery.show("details-faults")
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("The person who is treated. Please give your name.")
    expect(page.get_by_role("group", name="Your answer")).to_have_accessible_description(
        "Please choose one of the two answers to the safety notice."
    )


def test_the_browser_can_fill_what_it_knows(gallery: Gallery) -> None:
    """Name, phone and e-mail say what they are, so that a browser or a keyboard can offer them."""
    page = gallery.show("details")
    kinds = page.locator("input[autocomplete]:not([aria-hidden] *)").evaluate_all(
        "(all) => all.map((e) => [e.type, e.autocomplete])"
    )
    assert kinds == [["text", "name"], ["tel", "tel"], ["email", "email"]]
