"""Stopping reminder e-mails: by the page's button and by a mail program's one click (RFC 8058)."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import Clock
from tests.web.patients.browser import Browser
from tests.web.patients.visits import ask, booked

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
STOPS = "SELECT email_key FROM reminder_stop"


def test_l21_the_page_has_a_button(app: Flask, browser: Browser) -> None:
    """L21: looking stops nothing, pressing stops at once, and the page says what still comes."""
    url = browser.get(booked(browser)).link("Stop reminder e-mails")
    page = browser.get(url)
    assert page.heading == "Stop reminder e-mails?"
    assert ask(app, STOPS) == []
    page = browser.press(url)
    assert (page.url, page.heading) == (url, "Reminder e-mails are stopped.")
    assert "Confirmations and changes of a visit still come by e-mail." in page.text
    assert ask(app, STOPS) == [("parvaneh@example.com",)]


@pytest.mark.parametrize(
    ("body", "content_type"), [(ONE_CLICK, FORM), (BOUNDARY, "multipart/form-data; boundary=x")]
)
def test_m6_one_click_needs_neither_cookie_nor_token(
    app: Flask, browser: Browser, body: str, content_type: str
) -> None:
    """M6, RFC 8058: a POST as mail providers send it, of either type, from anywhere, works; twice too."""
    url = f"{booked(browser)}/stop-reminders"
    for _ in range(2):
        answer = app.test_client().post(
            url, data=body, content_type=content_type, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert (answer.status_code, answer.get_data()) == (200, b"")
        assert "Set-Cookie" not in answer.headers
    assert ask(app, STOPS) == [("parvaneh@example.com",)]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("", FORM, 400),
        ("List-Unsubscribe=Please", FORM, 400),
        ("start=2026-11-26T10:00", FORM, 400),
        (BOUNDARY.replace("One-Click", "No"), "multipart/form-data; boundary=x", 415),
        ("{}", "application/json", 415),
    ],
)
def test_anything_else_needs_the_forms_token(
    app: Flask, browser: Browser, body: str, content_type: str, status: int
) -> None:
    """M6: without the promised words a POST from elsewhere is refused."""
    url = f"{booked(browser)}/stop-reminders"
    assert app.test_client().post(url, data=body, content_type=content_type).status_code == status
    assert ask(app, STOPS) == []


@pytest.mark.parametrize("what", ["move", "cancel", "call-back", "contact", "again"])
def test_one_click_opens_no_other_door(app: Flask, browser: Browser, what: str) -> None:
    """A9: the exception holds for that address alone."""
    url = booked(browser)
    answer = app.test_client().post(f"{url}/{what}", data=ONE_CLICK, content_type=FORM)
    assert answer.status_code == 400


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "a" * 3000])
def test_a5_an_unknown_link_stops_nothing(client: FlaskClient, token: str) -> None:
    """A5: 404 (broken bytes 400), looked at or clicked."""
    url = f"/appointment/{token}/stop-reminders"
    assert client.get(url).status_code in (400, 404)
    assert client.post(url, data=ONE_CLICK, content_type=FORM).status_code in (400, 404)


def test_l21_the_link_works_for_sixty_days_and_shows_nothing(browser: Browser, clock: Clock) -> None:
    """L21, A3: when the visit's page has long gone, reminders can still be stopped; no person is shown."""
    url = booked(browser)
    clock.at += timedelta(days=70)
    assert browser.get(url).status == 404
    page = browser.get(f"{url}/stop-reminders")
    assert page.status == 200
    assert "Parvaneh" not in page.text
    assert browser.press(f"{url}/stop-reminders").heading == "Reminder e-mails are stopped."


REMINDERS = "SELECT kind, state, reason FROM message WHERE kind LIKE 'reminder%' ORDER BY due_at"
CALLS = "SELECT kind FROM call_task WHERE done_at IS NULL"


def test_l21_what_was_stopped_by_mistake_comes_again(app: Flask, browser: Browser) -> None:
    """L21: one press plans the reminders of every visit to come again, and reception need not call."""
    url = booked(browser, start="2026-11-27T10:00", practitioner="")
    before = ask(app, REMINDERS)
    browser.get(f"{url}/stop-reminders")
    browser.press(f"{url}/stop-reminders")
    assert [row[1] for row in ask(app, REMINDERS)] == ["skipped", "skipped"]
    assert ask(app, CALLS) == [("reminders_stopped",)]
    page = browser.press()
    assert (page.heading, page.with_class("notice")[0].text) == (
        "Stop reminder e-mails?",
        "Reminders come by e-mail again.",
    )
    assert ask(app, REMINDERS) == before
    assert ask(app, CALLS) == []
    assert ask(app, STOPS) == []


def test_l21_asking_again_without_having_stopped_changes_nothing(app: Flask, browser: Browser) -> None:
    """L21, A9: twice, or without a stop, nothing is planned twice; without the form's token it is refused."""
    url = booked(browser)
    before = ask(app, REMINDERS)
    token = browser.get(f"{url}/stop-reminders").fields()
    for _ in range(2):
        assert browser.post(f"{url}/stop-reminders/undo", token).status == 200
    assert ask(app, REMINDERS) == before
    answer = app.test_client().post(f"{url}/stop-reminders/undo", data=ONE_CLICK, content_type=FORM)
    assert answer.status_code == 400
