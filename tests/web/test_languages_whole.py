"""A page is in one language, whole: nothing of English is left on any page of another (L43)."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from booking.actions.clinics import get_clinic
from booking.wording.language import OWN_NAMES
from booking.wording.notices import CONSENT_VERSION
from tests.web.patients.browser import PERSON, Browser, Page
from tests.wording.pseudo import TAG, english_in, speak_it, typed_by

SAID = ("aria-label", "title", "alt", "data-soon", "data-gone")
LASER = "laser-initial"


@pytest.fixture
def reader(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A visitor whose browser asks for the invented language."""
    folder = tmp_path / "catalogues"
    folder.mkdir()
    speak_it(folder, monkeypatch)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = f"{TAG}-IR,{TAG};q=0.9,en;q=0.1"
    return Browser(client)


def said(element: Element) -> Iterator[str]:
    """Yield what is read out of a page, without what says that it is in another language."""
    if element.get("lang") not in (None, TAG) or element.tag in ("script", "style"):
        return
    yield from (element.get(name, "") for name in SAID)
    yield element.text or ""
    for child in element:
        yield from said(child)
        yield child.tail or ""


def english_on(app: Flask, page: Page) -> list[str]:
    """Return the English that is left on a page."""
    assert (page.tree.get("lang"), page.tree.get("dir")) == (TAG, "rtl")
    with app.app_context():
        typed = [*typed_by(get_clinic(None)), *OWN_NAMES.values(), PERSON["name"], CONSENT_VERSION]
    text = "\n".join(said(page.tree))
    reference = re.findall(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", text)
    return english_in(text, [*typed, *reference])


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/privacy",
        "/lost-link",
        f"/book/{LASER}",
        f"/book/{LASER}?visit=first&practitioner=lam&from=2026-12-20",
        "/book/laser-45?companion=1&from=2027-02-03",
        "/book/needle-followup?visit=before&language=fa",
        "/book/rmt-30?visit=first",
        "/book/rmt-60/2026-11-24T09:00",
        "/book/rmt-60/2026-11-24T09:05",
        f"/book/{LASER}/2026-11-25T11:00?companion=1",
        "/nothing/here",
        "/appointment/unknown",
    ],
)
def test_l43_no_english_is_left_on_a_page(app: Flask, reader: Browser, address: str) -> None:
    """L43: headings, labels, hints, days, times, choices, refusals: all in the page's language."""
    assert english_on(app, reader.get(address)) == []


def test_l43_no_english_is_left_when_something_is_wrong(app: Flask, reader: Browser) -> None:
    """L43: faults beside fields, what to do about them, a time that was taken, a stolen form."""
    reader.open_form(LASER, "2026-11-25T11:00")
    assert english_on(app, reader.press(email="nonsense", phone="1", name="x" * 201)) == []
    reader.open_form("rmt-30")
    assert english_on(app, reader.press(**PERSON, first_visit="yes")) == []
    reader.book(phone="604-555-0155")
    assert english_on(app, reader.open_form("rmt-60", query="?practitioner=kim")) == []
    assert english_on(app, reader.post("/book/rmt-60/hold", {"start": "2026-11-24T09:00"})) == []
    page = reader.post("/book/rmt-60/2026-11-24T11:00", PERSON)
    assert english_on(app, page) == []


def test_l43_no_english_is_left_on_a_visits_pages(app: Flask, reader: Browser) -> None:
    """L43: the booked page and what a patient may do there."""
    page = reader.open_form(LASER, "2026-11-25T11:00", "?companion=1")
    page = reader.press(**PERSON, safety="call_me")
    assert english_on(app, page) == []
    for more in ("/move", "/cancel", "/contact", "/stop-reminders"):
        assert english_on(app, reader.get(page.url + more)) == []


def test_a_page_that_was_kept_is_kept_for_its_language(app: Flask, reader: Browser) -> None:
    """G8: the week, the choices and the frame are kept, each language's by itself."""
    english = Browser(app.test_client())
    first = english.get("/book/rmt-60").text
    other = reader.get("/book/rmt-60").text
    assert english.get("/book/rmt-60").text == first
    assert reader.get("/book/rmt-60").text == other
    assert first != other
