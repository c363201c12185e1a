"""Back, again and too late: the pages tell a patient's own booking from somebody else's."""

import pytest
from flask import Flask

from tests.web.patients.browser import PERSON, START, Browser


def test_e25_back_from_the_confirmation_leads_to_it_again(browser: Browser) -> None:
    """E25: the address of the form, asked again after booking, is not told as somebody else's time."""
    assert browser.book("laser-45", safety="ok").heading == "You're booked."
    again = browser.get(f"/book/laser-45/{START}")
    assert again.heading == "You're booked."
    assert "quicker" not in again.text


def test_e25_another_visitor_is_told_that_the_time_is_taken(browser: Browser, app: Flask) -> None:
    """E25: only the browser that booked is led to the visit; others see free times and no link."""
    browser.book("laser-45", safety="ok")
    other = Browser(app.test_client()).get(f"/book/laser-45/{START}")
    assert other.status == 409
    assert "Someone was a moment quicker." in other.text
    assert "/appointment/" not in other.text


def test_e25_a_form_sent_again_with_changes_says_they_were_not_taken(browser: Browser) -> None:
    """E25: the same key books nothing new, and the page says what became of the changes."""
    form = browser.open_form("rmt-60")
    fields = {**form.fields(), **PERSON}
    first = browser.post(f"/book/rmt-60/{START}", fields)
    again = browser.post(f"/book/rmt-60/{START}", {**fields, "email": "other@example.com"})
    assert first.heading == again.heading == "You're booked."
    assert "was not taken" in again.text
    assert "was not taken" not in first.text


def test_a_taken_time_is_not_called_free(browser: Browser, app: Flask) -> None:
    """A refused form does not say in one breath that the time is free and that it is taken."""
    late = Browser(app.test_client())
    form = late.open_form("laser-45")
    browser.book("laser-45", safety="ok")
    refused = late.post(f"/book/laser-45/{START}", {**form.fields(), **PERSON, "safety": "ok"})
    assert refused.status == 409
    assert "Someone was a moment quicker." in refused.text
    assert "This time is free now" not in refused.text


@pytest.mark.parametrize("changes", [{"name": ""}, {"csrf_token": "stolen"}, {"email": "a@gmial.com"}])
def test_a_form_that_was_not_weighed_promises_no_time(
    browser: Browser, app: Flask, changes: dict[str, str]
) -> None:
    """A form that comes back for another reason does not call a time free that somebody has taken."""
    late = Browser(app.test_client())
    form = late.open_form("laser-45")
    browser.book("laser-45", safety="ok")
    page = late.post(f"/book/laser-45/{START}", {**form.fields(), **PERSON, "safety": "ok", **changes})
    assert page.status in (400, 422)
    assert "If this time is still free, it is yours when you press Book." in page.text
    assert "This time is free now" not in page.text


def test_a_taken_time_with_nothing_free_near_is_not_promised(
    browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is free instead, the page still does not call the taken time free."""
    late = Browser(app.test_client())
    form = late.open_form("laser-45")
    browser.book("laser-45", safety="ok")
    monkeypatch.setattr("booking.actions.book.nearest", lambda *_: ())
    refused = late.post(f"/book/laser-45/{START}", {**form.fields(), **PERSON, "safety": "ok"})
    assert (refused.status, "when you press Book" in refused.text) == (409, False)
