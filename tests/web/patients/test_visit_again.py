"""Booking the same again by a visit's own link: whose record the new visit belongs to (E51, P2)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.transaction import light_transaction
from tests.databases import Clock
from tests.web.patients.browser import Browser
from tests.web.patients.visits import ask, booked

OWNERS = "SELECT patient_id FROM appointment ORDER BY id"
NEXT = "2026-12-02T10:00"  # a week after the first, with Kim


def owners(app: Flask) -> list[object]:
    return [row[0] for row in ask(app, OWNERS)]


def again(browser: Browser, url: str, start: str = NEXT, **changes: str) -> None:
    """Press "Book the same again" on a visit's page and book a start."""
    browser.get(url)
    browser.press(f"{url}/again")
    browser.open_form("rmt-60", start)
    browser.press(**{"consent": "1"} | changes)
    assert browser.page.heading == "You're booked.", browser.page.text


def change(app: Flask, statement: str) -> None:
    """Change rows behind the program's back."""
    with app.app_context():
        light_transaction(lambda conn: conn.execute(text(statement)))


def test_e51_the_same_again_belongs_to_the_same_record(app: Flask, browser: Browser) -> None:
    """E51: the signed link says whose record it is; a second and third visit make no new patient."""
    url = booked(browser, phone="604 555 0199")
    again(browser, url)
    again(browser, browser.page.url, "2026-12-04T10:00")
    assert owners(app) == [1, 1, 1]
    assert ask(app, "SELECT count(*) FROM patient") == [(1,)]
    assert ask(app, "SELECT count(*) FROM resource WHERE kind = 'patient'") == [(1,)]


def test_e51_whoever_only_types_the_same_gets_a_record_of_their_own(
    app: Flask, browser: Browser, other: Browser
) -> None:
    """E51: without the link nobody is attached to anybody, nor by this browser's next booking."""
    url = booked(browser)
    assert other.book("rmt-60", NEXT).heading == "You're booked."
    again(browser, url, "2026-12-04T10:00")
    assert browser.book("rmt-60", "2026-12-09T10:00").heading == "You're booked."
    assert owners(app) == [1, 2, 1, 3]


@pytest.mark.parametrize(
    "changes",
    [{"name": "Cyrus Oyelaran"}, {"email": "new@example.com"}, {"phone": "604 555 0111"}, {"email": ""}],
)
def test_e46_another_name_or_contact_is_another_record(
    app: Flask, browser: Browser, changes: dict[str, str]
) -> None:
    """E46, E71: who books for a child, or writes another address, changes nothing of the first record."""
    url = booked(browser, phone="604 555 0199")
    before = ask(app, "SELECT name, email, phone FROM patient WHERE id = 1")
    again(browser, url, **changes)
    assert owners(app) == [1, 2]
    assert ask(app, "SELECT name, email, phone FROM patient WHERE id = 1") == before


def test_e51_a_link_that_was_closed_attaches_nothing(app: Flask, browser: Browser, other: Browser) -> None:
    """E51, E71: between opening the form and sending it the link was closed: a record of its own."""
    url = booked(browser)
    browser.get(url)
    browser.press(f"{url}/again")
    browser.open_form("rmt-60", NEXT)
    change(app, "UPDATE link SET revoked_at = '2026-11-23 15:00:00'")
    assert browser.press(consent="1").heading == "You're booked."
    assert owners(app) == [1, 2]


@pytest.mark.parametrize(
    ("start", "status"), [("2026-11-25T13:15", 409), ("2026-11-25T14:00", 409), ("2026-11-25T14:30", 200)]
)
def test_e47_one_record_is_not_in_two_places(app: Flask, browser: Browser, start: str, status: int) -> None:
    """E47: by the link too, an overlapping visit is refused in words; right after the first is fine."""
    url = booked(browser, start="2026-11-25T13:30")
    browser.get(url)
    browser.press(f"{url}/again")
    browser.open_form("rmt-60", start, "?practitioner=ahmadi")
    page = browser.press(consent="1")
    assert (page.status, "We cannot offer you this time." in page.text) == (status, status == 409)
    assert owners(app) == ([1, 1] if status == 200 else [1])


def test_e27_the_limit_counts_visits_by_link_and_without(app: Flask, browser: Browser) -> None:
    """E27: the sixth visit to come is the last, however they were booked."""
    url = booked(browser)
    for day in (2, 4, 7, 8):
        again(browser, url, f"2026-12-{day:02}T10:00")
    browser.book("rmt-60", "2026-12-09T10:00")
    browser.get(url)
    browser.press(f"{url}/again")
    browser.open_form("rmt-60", "2026-12-11T10:00")
    page = browser.press(consent="1")
    assert (page.status, "We cannot offer you more visits online" in page.text) == (409, True)
    assert owners(app) == [1, 1, 1, 1, 1, 2]


def test_e51_a_merged_record_is_the_one_it_was_merged_into(
    app: Flask, browser: Browser, other: Browser
) -> None:
    """E51: the new visit belongs to the record that stands; a stranger's contact is never taken over."""
    url = booked(browser)
    other.book("rmt-60", NEXT)
    change(app, "UPDATE patient SET merged_into_id = 2 WHERE id = 1")
    again(browser, url, "2026-12-04T10:00")
    assert owners(app) == [1, 2, 2]
    change(app, "UPDATE patient SET email = 'else@example.com', email_key = 'else@example.com' WHERE id = 2")
    browser.get(url)
    browser.press(f"{url}/again")
    page = browser.open_form("rmt-60", "2026-12-07T10:00")
    assert page.fields()["email"] == "parvaneh@example.com"
    assert browser.press(consent="1").heading == "You're booked."
    assert owners(app) == [1, 2, 2, 3]


def test_e68_an_address_that_fails_is_not_written_to_for_the_next_visit(app: Flask, browser: Browser) -> None:
    """E68: the record knows that its address was refused: the next visit is told by phone."""
    url = booked(browser)
    change(app, "UPDATE patient SET email_failed_at = '2026-11-23 15:00:00'")
    again(browser, url)
    assert ask(app, "SELECT kind FROM message WHERE appointment_id = 2") == []
    assert ask(app, "SELECT kind FROM call_task WHERE appointment_id = 2") == [
        ("confirmation",),
        ("reminder",),
    ]


def test_l05_agreeing_to_a_newer_notice_is_written_down(app: Flask, browser: Browser, clock: Clock) -> None:
    """L05: the first agreement stays while the notice is the same; a newer one is kept with its time."""
    url = booked(browser)
    first = ask(app, "SELECT consented_at, consent_text FROM patient")
    clock.at += timedelta(minutes=5)
    again(browser, url)
    assert ask(app, "SELECT consented_at, consent_text FROM patient") == first
    change(app, "UPDATE patient SET consent_text = 'privacy-0', consented_at = '2020-01-01 00:00:00'")
    again(browser, url, "2026-12-04T10:00")
    assert ask(app, "SELECT substr(CAST(consented_at AS text), 12, 5), consent_text FROM patient") == [
        ("15:05", first[0][1])
    ]


def test_e25_the_same_form_twice_is_one_visit(app: Flask, browser: Browser) -> None:
    """E25: sent again, after the browser forgot whose it was, it gets the same answer and changes nothing."""
    url = booked(browser)
    browser.get(url)
    browser.press(f"{url}/again")
    form = browser.open_form("rmt-60", NEXT).fields() | {"consent": "1"}
    first, second = (browser.post(f"/book/rmt-60/{NEXT}", form).url for _ in range(2))
    assert first == second
    assert owners(app) == [1, 1]


def test_e70_the_record_learns_the_language_of_the_page(app: Flask, browser: Browser) -> None:
    """E70: who books again on French pages is written to in French from then on."""
    url = booked(browser)
    browser.get(url)
    browser.press(f"{url}/again")
    browser.post("/language", browser.page.fields() | {"lang": "fr-CA", "back": "/"})
    browser.open_form("rmt-60", NEXT)
    browser.press(consent="1")
    assert ask(app, "SELECT language FROM patient") == [("fr-CA",)]
    assert owners(app) == [1, 1]
