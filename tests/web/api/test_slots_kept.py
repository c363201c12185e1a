"""Kept answers: repeated while they are right, never longer, and at most two statements each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from booking.actions.clinics import Stamp, get_clinic
from booking.actions.hold import hold, release
from booking.actions.set_up import load_setup
from booking.actions.values import HoldRequest
from booking.records.schema import db
from booking.web.kept import MOST_ANSWERS, MOST_BYTES, Kept, KeptAnswers
from tests.databases import MORNING, SAMPLE, Clock
from tests.web.api.calls import API, booked, slots, starts

WEEK = {"service": "rmt-60", "from": "2026-11-23", "to": "2026-11-29"}
TODAY = {"service": "rmt-60", "from": "2026-11-23", "to": "2026-11-23"}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL statements that the application sends."""
    sent: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def keep_a_time(app: Flask, start: str, now: datetime) -> None:
    """Hold a 60-minute massage with Kim."""
    with app.app_context():
        asked = HoldRequest("rmt-60", datetime.fromisoformat(start), "kim", False, "somebody", None)
        hold(get_clinic(None), asked, now)


def test_an_unchanged_answer_costs_one_statement_a_new_one_two(any_app: Flask) -> None:
    """G3: two statements for a new question, one for a repeated one, two after a change."""
    client = any_app.test_client()
    slots(client, **WEEK)  # opens the connection and loads the set-up
    new = WEEK | {"to": "2026-11-30"}
    with statements(any_app) as sent:
        first = slots(client, **new)
    assert len(sent) == 2
    with statements(any_app) as sent:
        assert slots(client, **new) == first
    assert len(sent) == 1
    booked(client, service="rmt-60", start="2026-11-24T11:00", practitioner="kim")
    with statements(any_app) as sent:
        assert slots(client, **new) != first
    assert len(sent) == 2


def test_twenty_bookings_a_day_cost_no_statement_more(app: Flask) -> None:
    """G3: the number of statements does not grow with what is booked."""
    client = app.test_client()
    for number in range(8):
        start = starts(client, **WEEK)[number]
        person = {"name": f"P {number}", "email": f"p{number}@example.com"}
        booked(client, service="rmt-60", start=f"2026-{start.replace(' ', 'T')}", patient=person)
    with statements(app) as sent:
        slots(client, **WEEK)
    assert len(sent) == 2


def test_a_booking_changes_a_kept_answer(client: FlaskClient) -> None:
    """What has just been booked is not offered by the next answer."""
    assert "11-24 11:00" in starts(client, service="rmt-60", practitioner="kim")
    booked(client, service="rmt-60", start="2026-11-24T11:00", practitioner="kim")
    assert "11-24 11:00" not in starts(client, service="rmt-60", practitioner="kim")


def test_a_hold_is_gone_from_a_kept_answer_at_its_end(app: Flask, clock: Clock) -> None:
    """A kept time is not offered for ten minutes, then it is, though nothing was written."""
    client = app.test_client()
    question = {"service": "rmt-60", "practitioner": "kim"}
    keep_a_time(app, "2026-11-24T11:00", clock.at)
    assert "11-24 11:00" not in starts(client, **question)
    clock.at = MORNING + timedelta(minutes=9, seconds=59)
    assert "11-24 11:00" not in starts(client, **question)
    clock.at = MORNING + timedelta(minutes=10)
    assert "11-24 11:00" in starts(client, **question)


def test_a_released_hold_changes_a_kept_answer(app: Flask, clock: Clock) -> None:
    """Letting a time go offers it again at once."""
    client = app.test_client()
    keep_a_time(app, "2026-11-24T11:00", clock.at)
    assert "11-24 11:00" not in starts(client, service="rmt-60", practitioner="kim")
    with app.app_context():
        release(get_clinic(None), "somebody", clock.at)
    assert "11-24 11:00" in starts(client, service="rmt-60", practitioner="kim")


def test_e45_time_alone_moves_a_kept_answer_on(client: FlaskClient, clock: Clock) -> None:
    """E45: the first start leaves a kept answer one second after its lead time, not before."""
    assert starts(client, **TODAY)[0] == "11-23 10:00"
    assert starts(client, **TODAY)[0] == "11-23 10:00"
    clock.at = MORNING + timedelta(seconds=1)
    assert starts(client, **TODAY)[0] == "11-23 10:15"
    clock.at = MORNING + timedelta(minutes=15)
    assert starts(client, **TODAY)[0] == "11-23 10:15"
    clock.at = MORNING + timedelta(minutes=15, microseconds=1)
    assert starts(client, **TODAY)[0] == "11-23 10:30"


def test_a_clock_set_back_is_not_answered_from_what_was_kept_later(client: FlaskClient, clock: Clock) -> None:
    """K14: an answer kept at 8:15 says nothing about 8:00."""
    clock.at = MORNING + timedelta(minutes=15)
    assert starts(client, **TODAY)[0] == "11-23 10:15"
    clock.at = MORNING
    assert starts(client, **TODAY)[0] == "11-23 10:00"


def test_midnight_adds_a_day_to_a_kept_answer(client: FlaskClient, clock: Clock) -> None:
    """The horizon moves on at clinic midnight, 07:00 UTC."""
    question = {"service": "rmt-60", "from": "2027-02-21", "to": "2027-02-22"}
    assert {start[:5] for start in starts(client, **question)} == {"02-21"}
    clock.at = datetime(2026, 11, 24, 6, 59, 59, tzinfo=UTC)
    assert {start[:5] for start in starts(client, **question)} == {"02-21"}
    clock.at = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert {start[:5] for start in starts(client, **question)} == {"02-21", "02-22"}


def test_a_new_set_up_changes_a_kept_answer(app: Flask, clock: Clock) -> None:
    """After `flask clinic load` with other hours the next answer follows them."""
    client = app.test_client()
    assert "11-24 09:00" in starts(client)
    with app.app_context():
        text = SAMPLE.read_text().replace('tue = ["09:00-19:00"]', 'tue = ["10:00-19:00"]')
        load_setup(text, clock.at)
    assert starts(client)[0] == "11-24 10:00"


def test_head_is_answered_like_get_without_a_body(client: FlaskClient) -> None:
    """HEAD passes the kept answer by and has its length."""
    got = client.get(f"{API}/slots", query_string=WEEK)
    head = client.head(f"{API}/slots", query_string=WEEK)
    assert head.get_data() == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_a_kept_answer_looks_like_a_new_one(client: FlaskClient) -> None:
    """Body and headers are the same, but for the request's own number."""
    new, kept = (client.get(f"{API}/slots", query_string=WEEK) for _ in range(2))
    assert new.get_data() == kept.get_data()
    drop = "X-Request-Id"
    assert {k: v for k, v in new.headers if k != drop} == {k: v for k, v in kept.headers if k != drop}


@pytest.mark.parametrize(("count", "size"), [(MOST_ANSWERS + 5, 10), (30, MOST_BYTES // 10)])
def test_kept_answers_are_bounded(count: int, size: int) -> None:
    """L7: neither their number nor their bytes grow without end; the oldest goes first."""
    kept = KeptAnswers()
    for number in range(count):
        kept.keep(str(number), Kept(1, Stamp(1, 1), MORNING, MORNING, b"x" * size))
    left = [number for number in range(count) if kept.find(str(number))]
    assert left[-1] == count - 1
    assert left[0] > 0
    assert len(left) <= MOST_ANSWERS
    assert len(left) * size <= MOST_BYTES


def test_a_question_as_long_as_a_novel_is_not_kept() -> None:
    """L7: the question is memory too."""
    kept = KeptAnswers()
    kept.keep("x" * 301, Kept(1, Stamp(1, 1), MORNING, MORNING, b"x"))
    assert kept.find("x" * 301) is None
