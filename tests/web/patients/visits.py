"""A booked visit as tests about its page use it."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import text

from booking.records.database import reading
from tests.web.patients.browser import Browser

WEDNESDAY = "2026-11-25T10:00"  # Kim 9-15; "now" is Monday 08:00
LAST_FREE = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Tuesday 10:00, 24 hours before


def booked(browser: Browser, service: str = "rmt-60", start: str = WEDNESDAY, **changes: str) -> str:
    """Book with Kim and return the address of the visit's page."""
    page = browser.book(service, start, **{"practitioner": "kim", **changes})
    assert page.heading == "You're booked.", page.text
    return page.url


def ask(app: Flask, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    with app.app_context():
        return reading(lambda conn: [tuple(row) for row in conn.execute(text(query))])


def standing(app: Flask) -> list[tuple[object, ...]]:
    """Return what is stored of every visit: start, status, version."""
    return ask(
        app, "SELECT substr(CAST(starts AS text), 1, 16), status, version FROM appointment ORDER BY id"
    )
