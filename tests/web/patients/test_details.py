"""The third screen: what is asked and nothing more, and what a refusal keeps."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reading
from tests.databases import Clock
from tests.web.patients.browser import PERSON, START, Browser, Page
from tests.web.patients.counting import statements
from tests.web.patients.lint import words

LASER = {**PERSON, "safety": "ok"}
HIDDEN = {"csrf_token", "key", "start", "practitioner", "website"}


def rows(app: Flask, query: str) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in reading(lambda conn: conn.execute(text(query)).all())]


def appointments(app: Flask) -> int:
    return len(rows(app, "SELECT id FROM appointment"))


def asked(page: Page) -> set[str]:
    """Return the names of the form's fields without those that carry it."""
    return {e.get("name", "") for e in page.form.iter("input") if e.get("name")} - HIDDEN


@pytest.mark.parametrize(
    ("service", "fields"),
    [
        ("needle-initial", {"name", "phone", "email", "consent"}),
        ("needle-followup", {"name", "phone", "email", "consent", "first_visit"}),
        ("rmt-60", {"name", "phone", "email", "consent", "first_visit"}),
        ("laser-45", {"name", "phone", "email", "consent", "first_visit", "safety", "companion"}),
        ("laser-initial", {"name", "phone", "email", "consent", "safety", "companion"}),
    ],
)
def test_l03_nothing_more_is_asked(browser: Browser, service: str, fields: set[str]) -> None:
    """L03, L33: the form's fields are exactly these; no birth date, no health number, no reason."""
    page = browser.open_form(service)
    assert asked(page) == fields
    assert {e.get("name", "") for e in page.form.iter("input") if e.get("name")} <= fields | HIDDEN
    assert not list(page.form.iter("textarea")) + list(page.form.iter("select"))


def test_l03_a_name_and_one_way_to_be_reached_are_enough(browser: Browser) -> None:
    """L03: phone alone books, e-mail alone books."""
    browser.open_form("rmt-60")
    assert browser.press(name="Ada", phone="604 555 0123", consent="1").heading == "You're booked."
    browser.open_form("rmt-60", "2026-11-25T09:00")
    assert browser.press(name="Ada", email="ada@example.com", consent="1").heading == "You're booked."


def test_l02_purposes_stand_beside_the_consent(browser: Browser) -> None:
    """L02, L05: what, why, who sees it and how long, before the first field is sent; the box is unticked."""
    page = browser.open_form("rmt-60")
    notice = words(page.with_class("consent")[0])
    for purpose in ("What:", "Why:", "Who sees it:", "How long:", "provider in Canada"):
        assert purpose in notice
    assert "consent" not in page.fields()


def test_l05_what_is_stored_names_the_text_that_was_shown(app: Flask, browser: Browser) -> None:
    """L04, L05: consent and answer are stored with the version of the notice; the page says which it is."""
    browser.open_form("laser-45")
    assert browser.press(**LASER).heading == "You're booked."
    assert rows(app, "SELECT consent_text FROM patient") == [("privacy-2026-11",)]
    assert rows(app, "SELECT safety_text FROM appointment") == [("laser-2026-11",)]
    assert "Version privacy-2026-11" in browser.get("/privacy").text


def test_l31_price_and_fee_are_shown_before_booking(browser: Browser) -> None:
    """L31: the total with tax and the fee for a late or missed visit stand on the form."""
    found = browser.open_form("rmt-60").text
    assert "$136.50 with $6.50 GST" in found
    assert (
        "Cancelling or moving is free until 24 hours before; after that we charge 50% of the price, "
        "and 100% for a missed visit." in found
    )


def test_the_summary_says_what_when_where(browser: Browser) -> None:
    """Look.md: a receipt-like summary on top, times in words, for programs with the offset (E29)."""
    page = browser.open_form("needle-followup", query="?practitioner=lam")
    found = words(page.with_class("receipt")[0])
    assert "Acupuncture, follow-up" in found
    assert "9:00 a.m., Tuesday 24 November until 10:00 a.m., Vancouver time" in found
    assert "Grace Lam, R.TCM.P CCHPBC licence SAMPLE-0001" in found
    time = next(page.tree.iter("time"))
    assert time.get("datetime") == "2026-11-24T09:00:00-07:00"


def test_l04_only_the_answer_is_stored(app: Flask, browser: Browser) -> None:
    """L04: ok or call_me, the text's version and the time; a condition has no place to go."""
    browser.open_form("laser-45")
    page = browser.press(**LASER | {"safety": "call_me"}, conditions="pregnancy")
    assert page.heading == "You're booked."
    assert rows(app, "SELECT safety, safety_text FROM appointment") == [("call_me", "laser-2026-11")]
    assert rows(app, "SELECT kind FROM call_task") == [("safety",)]


def test_every_fault_is_told_at_once_and_everything_is_kept(app: Flask, browser: Browser) -> None:
    """Issue 2: errors on top, linked, and beside each field; focus moves there; what was typed stays."""
    browser.open_form("laser-45")
    page = browser.press(name="", email="nobody", phone="12", safety="", first_visit="no", companion="1")
    assert page.status == 422
    assert set(page.faults()) == {"name", "email", "phone", "safety", "consent"}
    summary = page.with_class("notice")[0]
    assert summary.get("autofocus") is not None
    assert {a.get("href") for a in summary.iter("a")} == {"#name", "#email", "#phone", "#safety", "#consent"}
    for name in ("name", "email", "phone"):
        field = page.named(name)[0]
        assert field.get("aria-invalid") == "true"
        assert f"{name}-fault" in field.get("aria-describedby", "").split()
    kept = page.fields()
    assert (kept["email"], kept["phone"], kept["companion"], kept["first_visit"]) == (
        "nobody",
        "12",
        "1",
        "no",
    )
    assert "safety" not in kept
    assert appointments(app) == 0


def test_a_wrong_form_can_be_put_right(browser: Browser) -> None:
    """The page of a refusal is itself a form that books."""
    browser.open_form("rmt-60")
    assert browser.press(name="", email="ada@example.com").status == 422
    assert browser.press(name="Ada", consent="1").heading == "You're booked."


def test_a_stolen_or_expired_form_keeps_what_was_typed(app: Flask, browser: Browser) -> None:
    """A9: a token that is not this visitor's: 400, everything kept, a new token, one more press."""
    browser.open_form("rmt-60")
    page = browser.press(**PERSON, csrf_token="forged")
    assert page.status == 400
    assert "Please press Book once more." in page.text
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert appointments(app) == 0
    assert browser.press().heading == "You're booked."


def test_a10_an_hour_later_the_form_still_books(browser: Browser, clock: Clock) -> None:
    """A10: no time limit on the form of a patient who takes an hour."""
    browser.open_form("rmt-60")
    clock.at += timedelta(hours=1)
    assert browser.press(**PERSON).heading == "You're booked."


def test_e21_the_loser_sees_three_times_and_keeps_what_was_typed(
    app: Flask, browser: Browser, other: Browser
) -> None:
    """E21, C12: 409 with the three nearest as buttons that book, nothing of the winner on the page."""
    browser.open_form("rmt-60", query="?practitioner=kim")
    assert other.book("rmt-60", practitioner="kim", name="Winner Takeall").heading == "You're booked."
    page = browser.press(**PERSON, phone="604 555 0199")
    assert page.status == 409
    assert "Someone was a moment quicker. Free close to it. What you typed is kept:" in page.text
    buttons = [b for line in page.with_class("instead") for b in line.iter("button")]
    assert [words(b) for b in buttons] == ["Book 10:15 a.m.", "Book 10:30 a.m.", "Book 10:45 a.m."]
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert page.fields()["phone"] == "604 555 0199"
    assert "Winner" not in page.html
    booked = browser.press(buttons[0].get("formaction"))
    assert "10:15 a.m., Tuesday 24 November" in booked.text
    assert appointments(app) == 2


@pytest.mark.parametrize(
    ("start", "practitioner", "says"),
    [
        ("2026-11-22T10:00", "", "This time has passed."),
        ("2026-11-23T09:00", "", "This is too soon to book online. Please call us."),
        ("2026-11-24T09:05", "", "Visits do not start at this minute."),
        ("2026-12-25T10:00", "", "The clinic is closed on this day."),
        ("2027-02-22T10:00", "", "This is further ahead than can be booked online."),
        (START, "lam", "This practitioner is not licensed for this treatment on that day."),
    ],
)
def test_a_form_for_a_start_that_a_rule_refuses_keeps_what_was_typed(
    app: Flask, browser: Browser, start: str, practitioner: str, says: str
) -> None:
    """Issue 2, bad input: 409, which rule it was, three times that can be had, nothing stored."""
    browser.open_form("rmt-60")
    page = browser.press(f"/book/rmt-60/{start}", **PERSON, practitioner=practitioner)
    assert page.status == 409
    assert says in page.text
    assert len([b for line in page.with_class("instead") for b in line.iter("button")]) == 3
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert appointments(app) == 0


def test_somebody_unknown_is_told_in_words(browser: Browser) -> None:
    """Issue 2, bad input: an invented practitioner: 422, and the rest is kept."""
    browser.open_form("rmt-60")
    page = browser.press(**PERSON, practitioner="nobody")
    assert page.status == 422
    assert "There is no such practitioner." in page.text
    assert page.fields()["name"] == "Parvaneh Oyelaran"


def test_e25_pressing_twice_books_once(app: Flask, browser: Browser) -> None:
    """E25: double click, back and refresh send the same form again: one appointment, one message."""
    page = browser.open_form("rmt-60")
    sent = page.fields() | PERSON
    first = browser.post(page.url, sent)
    again = [browser.post(page.url, sent) for _ in range(3)]
    assert {p.url for p in again} == {first.url}
    assert appointments(app) == 1
    assert len(rows(app, "SELECT id FROM message WHERE kind = 'confirmation'")) == 1


def test_e25_the_form_may_come_back_from_the_browsers_memory(browser: Browser) -> None:
    """E25: the form page is not "no-store", so that Back shows it with its key; answers are."""
    assert browser.open_form("rmt-60").headers["Cache-Control"] == "private, no-cache"
    assert browser.press().headers["Cache-Control"] == "no-store"


def test_e25_a_form_that_has_booked_shows_what_it_booked(app: Flask, browser: Browser) -> None:
    """E25: back, another name, Book: the form has done its work; its appointment is shown."""
    page = browser.open_form("rmt-60")
    sent = page.fields() | PERSON
    first = browser.post(page.url, sent)
    again = browser.post("/book/rmt-60/2026-11-25T09:00", sent | {"name": "Somebody Else"})
    assert again.url == f"{first.url}?done=form"
    assert appointments(app) == 1


def test_e25_a_visitor_is_known_before_the_form_is_sent(browser: Browser) -> None:
    """E25: two presses at once come from one visitor: the form's page has named them already."""
    browser.open_form("rmt-60")
    with browser.client.session_transaction() as session:
        assert session["visitor"]


def test_e50_a_new_patient_is_offered_longer_visits(app: Flask, browser: Browser) -> None:
    """E50: thirty minutes as a first visit: told why, with links to what fits, everything kept."""
    browser.open_form("rmt-30")
    page = browser.press(**PERSON, first_visit="yes")
    assert page.status == 422
    assert "first_visit" in page.faults()
    links = {words(a): a.get("href") for a in page.with_class("options")[0].iter("a")}
    assert links == {
        "Registered massage therapy, 60 min": "/book/rmt-60?visit=first",
        "Registered massage therapy, 75 min": "/book/rmt-75?visit=first",
        "Registered massage therapy, 90 min": "/book/rmt-90?visit=first",
    }
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert appointments(app) == 0


def test_the_word_about_a_first_visit_is_carried_from_the_card(app: Flask, browser: Browser) -> None:
    """P1: whoever chose "First visit" is not asked again; the answer is there, and stored."""
    page = browser.open_form("rmt-60", query="?visit=first")
    assert page.fields()["first_visit"] == "yes"
    browser.press(**PERSON)
    assert rows(app, "SELECT first_visit FROM appointment") == [(1,)]


def test_e51_a_known_address_reveals_nothing(app: Flask, browser: Browser, other: Browser) -> None:
    """E51, A17: with an address that is known the same words, fields and statements; no record is shared."""
    other.book("rmt-60", "2026-11-25T09:00")
    pages, counts = [], []
    for number, email in enumerate(("parvaneh@example.com", "unknown1@example.com")):
        one = Browser(app.test_client())
        one.open_form("rmt-60", f"2026-11-{26 + number}T13:00")
        with statements(app) as sent:
            pages.append(one.press(name="Somebody New", email=email, consent="1", practitioner="ahmadi"))
        counts.append(len(sent))
    assert [p.heading for p in pages] == ["You're booked."] * 2
    assert counts[0] == counts[1]
    assert "Oyelaran" not in pages[0].html
    assert len(rows(app, "SELECT id FROM patient")) == 3


def test_programs_that_fill_everything_are_refused(app: Flask, browser: Browser) -> None:
    """A26: the field that people do not see must stay empty; a person whose browser filled it is told."""
    browser.open_form("rmt-60")
    page = browser.press(**PERSON, website="https://spam.example")
    assert page.status == 422
    assert "Please leave this field empty." in page.text
    assert appointments(app) == 0


def test_b11_what_is_not_asked_has_no_effect(app: Flask, browser: Browser) -> None:
    """B11: price, status, length and staff rights in the form are ignored."""
    browser.open_form("rmt-60")
    page = browser.press(
        **PERSON, price_cents="1", status="fulfilled", minutes="5", is_staff="1", service="rmt-90"
    )
    assert page.heading == "You're booked."
    assert "$136.50" in page.text
    assert rows(app, "SELECT status FROM appointment") == [("booked",)]


def test_the_first_button_is_the_one_that_books(browser: Browser) -> None:
    """The Enter key presses the form's first button; it must be Book and not More time."""
    browser.get("/book/rmt-60?from=2026-11-24")
    page = browser.press(start=START)
    first = next(page.form.iter("button"))
    assert words(first) == "Book this visit"
    assert first.get("formaction") is None


def test_the_form_costs_few_statements(app: Flask, browser: Browser) -> None:
    """Query budget: stamp, hold and that day's claims; with a hold on the time the claims are not asked."""
    browser.open_form("rmt-60")
    with statements(app) as sent:
        browser.open_form("rmt-60")
    assert len(sent) == 3
    browser.get("/book/rmt-60?from=2026-11-24")
    browser.press(start=START)
    with statements(app) as sent:
        browser.open_form("rmt-60")
    assert len(sent) == 2
