"""Another language in the middle of the form: what was typed stays (L43, A8)."""

import pytest
from flask import Flask

from tests.web.patients.browser import Browser, Page
from tests.web.patients.lint import words
from tests.web.patients.visits import ask

START = "2026-11-27T09:00"
FORM = f"/book/laser-initial/{START}"
TYPED = {
    "name": "محمد  رضایی",
    "email": "m@example",
    "phone": "604 555",
    "safety": "call_me",
    "companion": "1",
    "consent": "1",
}


def language_button(page: Page, tag: str) -> tuple[str, str]:
    """Return the form and the address that a language's button sends."""
    button = next(e for e in page.tree.iter("button") if e.get("name") == "lang" and e.get("value") == tag)
    return button.get("form", ""), button.get("formaction", "")


def switch(browser: Browser, tag: str, **typed: str) -> Page:
    form, address = language_button(browser.page, tag)
    assert form == browser.page.form.get("id")
    return browser.press(address, lang=tag, **typed)


@pytest.mark.parametrize("tag", ["fr-CA", "zh-Hans", "zh-Hant"])
def test_l43_the_form_keeps_what_was_typed(app: Flask, browser: Browser, tag: str) -> None:
    """L43: every field comes back in the other language as it was typed, and books from there."""
    first = browser.open_form("laser-initial", START, "?practitioner=sandhu&companion=1").fields()
    page = switch(browser, tag, **TYPED)
    assert (page.status, page.tree.get("lang")) == (200, tag)
    sent = page.fields()
    assert {name: sent[name] for name in TYPED} == TYPED
    assert (sent["key"], sent["practitioner"]) == (first["key"], "sandhu")
    assert "m@example" not in page.url
    page = browser.press(email="m@example.com", phone="")
    assert page.tree.get("lang") == tag
    assert page.url.startswith("/appointment/")
    assert ask(app, "SELECT language FROM patient") == [(tag,)]


def test_l43_a_kept_time_stays_kept(app: Flask, browser: Browser) -> None:
    """L43: changing the language holds nothing anew and lets nothing go; the way back is as good."""
    browser.get("/book/rmt-60?from=2026-11-24")
    browser.press("/book/rmt-60/hold", start="2026-11-24T10:00")
    before = ask(app, "SELECT id, expires_at FROM hold")
    switch(browser, "fr-CA", name="Zoë", visit="before")
    page = switch(browser, "en-CA")
    assert "Kept for you until 8:10 a.m." in words(page.tree)
    assert page.fields()["name"] == "Zoë"
    assert ask(app, "SELECT id, expires_at FROM hold") == before


@pytest.mark.parametrize("tag", ["pa", "fa", "xx", "", "<b>"])
def test_l43_a_language_that_is_not_offered_keeps_the_form_too(browser: Browser, tag: str) -> None:
    """L43: nothing changes, nothing is lost, no cookie is set."""
    browser.open_form("rmt-60")
    page = browser.press("/book/rmt-60/2026-11-24T09:00/language", lang=tag, name="Zoë")
    assert (page.status, page.tree.get("lang"), page.fields()["name"]) == (200, "en-CA", "Zoë")
    assert browser.client.get_cookie("lang") is None


def test_a9_it_needs_the_forms_token_and_a_start(browser: Browser) -> None:
    """A9: another site's form is refused; an address without a start is none."""
    token = browser.open_form("rmt-60").fields()["csrf_token"]
    assert browser.post("/book/rmt-60/2026-11-24T09:00/language", {"lang": "fr-CA"}).status == 400
    assert browser.post("/book/rmt-60/never/language", {"lang": "fr-CA", "csrf_token": token}).status == 404
    assert browser.post("/book/nothing/2026-11-24T09:00/language", {"csrf_token": token}).status == 404
