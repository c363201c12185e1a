"""An address that is valid but a known typing slip: the right one is offered (issue 3, bad input; B13)."""

import pytest
from flask import Flask

from tests.web.patients.browser import Browser, Page
from tests.web.patients.lint import words
from tests.web.patients.visits import ask, booked

SLIP = {"name": "Zoë", "email": "zoe@gmial.com", "phone": "604 555 0142", "consent": "1"}
EMAILS = "SELECT email FROM patient"


def button(page: Page) -> tuple[str, str]:
    """Return what the button with the offered address says and sends."""
    found = next(e for e in page.tree.iter("button") if e.get("name") == "instead")
    return words(found), found.get("value", "")


def doubted(browser: Browser) -> Page:
    browser.open_form("rmt-60")
    return browser.press(**SLIP)


def test_the_right_address_is_offered_before_anything_is_booked(app: Flask, browser: Browser) -> None:
    """Bad input: 422 with the question beside the field and the address in one press; nothing is lost."""
    page = doubted(browser)
    assert (page.status, page.heading) == (422, "Your details")
    assert page.faults() == {
        "email": "Did you mean zoe@gmail.com? If it is right as it stands, go on once more."
    }
    assert button(page) == ("Use zoe@gmail.com", "zoe@gmail.com")
    assert {name: page.fields()[name] for name in SLIP} == SLIP
    assert "gmial" not in page.url
    assert ask(app, EMAILS) == []


def test_one_press_takes_it(app: Flask, browser: Browser) -> None:
    """The button books with the address that was offered."""
    page = doubted(browser)
    assert browser.press(instead=button(page)[1]).heading == "You're booked."
    assert ask(app, EMAILS) == [("zoe@gmail.com",)]


def test_who_insists_is_believed(app: Flask, browser: Browser) -> None:
    """A second press books with the address as it was typed."""
    doubted(browser)
    assert browser.press().heading == "You're booked."
    assert ask(app, EMAILS) == [("zoe@gmial.com",)]


def test_another_slip_is_asked_about_again(app: Flask, browser: Browser) -> None:
    """Being sure of one address says nothing of the next."""
    doubted(browser)
    page = browser.press(email="zoe@hotmial.com")
    assert button(page)[1] == "zoe@hotmail.com"
    assert ask(app, EMAILS) == []
    assert browser.press(email="zoe@hotmail.com").heading == "You're booked."


@pytest.mark.parametrize("instead", ["nobody", "", "a@b.ca\r\nBcc: c@d.ca", "zoe@gmial.com"])
def test_a_forged_button_is_checked_like_anything_typed(app: Flask, browser: Browser, instead: str) -> None:
    """B11: what comes in the button's place is an address or is refused."""
    doubted(browser)
    page = browser.press(instead=instead, phone="")
    assert page.status in (200, 422)
    assert ask(app, EMAILS) in ([], [("zoe@gmial.com",)])


def test_a_corrected_address_is_doubted_as_well(app: Flask, browser: Browser) -> None:
    """E71: the page for corrections asks too; its button corrects."""
    url = booked(browser)
    browser.get(f"{url}/contact")
    page = browser.press(email="parvaneh@gmial.com")
    assert (page.status, set(page.faults())) == (422, {"email"})
    assert ask(app, EMAILS) == [("parvaneh@example.com",)]
    page = browser.press(instead=button(page)[1])
    assert "We are writing to your new address." in page.text
    assert ask(app, EMAILS) == [("parvaneh@gmail.com",)]


def test_the_api_believes_what_it_is_told(app: Flask) -> None:
    """Contract: a valid address is booked; asking is for people."""
    patient = {"name": "Zoë", "email": "zoe@gmial.com", "phone": None}
    body = {"service": "rmt-60", "start": "2026-11-24T09:00", "patient": patient, "consent": True}
    assert app.test_client().post("/api/v1/appointments", json=body).status_code == 201
