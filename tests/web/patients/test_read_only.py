"""A database that takes no writes: told calmly, everything that was typed is kept (issue 2, bad input)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.databases import Clock, opened
from tests.web.patients.browser import PERSON, START, Browser


@pytest.fixture
def reader(sqlite_url: str, tmp_path: Path) -> Iterator[Browser]:
    """A visitor of a clinic whose database file is read-only."""
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true", tmp_path, Clock()) as app:
        yield Browser(app.test_client())


def test_k3_booking_is_refused_for_now_and_nothing_is_lost(reader: Browser) -> None:
    """503 with Retry-After, in words, with the same form and everything in it."""
    reader.open_form("rmt-60")
    page = reader.press(**PERSON)
    assert page.status == 503
    assert page.headers["Retry-After"] == "5"
    assert "Nothing was changed. Please try again in a minute." in page.text
    assert page.fields()["name"] == "Parvaneh Oyelaran"
    assert page.fields()["consent"] == "1"


def test_k3_keeping_a_time_is_refused_for_now(reader: Browser) -> None:
    """The times are still shown, with the reason above them."""
    reader.get("/book/rmt-60?from=2026-11-24")
    page = reader.press(start=START)
    assert (page.status, page.heading) == (503, "When suits you?")
    assert "Nothing was changed. Please try again in a minute." in page.text
    assert START in page.starts()
