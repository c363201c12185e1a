"""Bookings and mail do not wait for each other (K5, V29)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from booking.mail.deliver import deliver
from booking.records import database
from booking.records.schema import db
from tests.actions.asks import MORNING, rows
from tests.databases import Clock
from tests.mail.sink import free_port, send_to, sink

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")
DUE = MORNING + timedelta(minutes=3)


def post(app: Flask, hour: int) -> tuple[int, float]:
    """Book by the API; return the status and the seconds it took."""
    body: dict[str, Any] = {
        "service": "needle-followup",
        "start": f"2026-11-24T{hour:02}:00",
        "practitioner": "lam",
        "patient": {"name": f"Ada {hour}", "email": f"ada{hour}@example.com"},
        "consent": True,
    }
    client = app.test_client()
    began = time.monotonic()
    answer = client.post("/api/v1/appointments", json=body)
    return answer.status_code, time.monotonic() - began


@contextmanager
def delivering(app: Flask) -> Iterator[None]:
    """Deliver in another thread meanwhile."""

    def work() -> None:
        with app.app_context():
            deliver()
            database.close_reader()

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join(timeout=30)


def states(app: Flask) -> list[str]:
    with app.app_context():
        return [
            row.state for row in rows("SELECT state FROM message WHERE kind NOT LIKE 'reminder%' ORDER BY id")
        ]


def test_k5_a_slow_mail_server_slows_no_booking(any_app: Flask, clock: Clock) -> None:
    """K5: while the mail server takes its time over one message, the next booking is made in a second."""
    post(any_app, 9)  # also warms up what the first request pays for
    clock.at = DUE
    with sink(ways=["slow"], seconds=10) as received:
        send_to(any_app, received.port)
        with delivering(any_app):
            while not received.received:
                time.sleep(0.01)
            status, seconds = post(any_app, 11)
            assert states(any_app) == ["sending", "planned"]
            received.seconds = 0
    assert (status, seconds < 1) == (201, True)
    assert states(any_app) == ["sent", "planned"]


def test_k5_a_mail_server_that_is_down_slows_no_booking(any_app: Flask) -> None:
    """K5: the request never speaks to the mail server: down or not, a booking is a booking."""
    send_to(any_app, free_port())
    post(any_app, 9)
    status, seconds = post(any_app, 11)
    assert (status, seconds < 1) == (201, True)
    assert states(any_app) == ["planned", "planned"]


def test_no_connection_is_kept_while_sending(any_app: Flask, clock: Clock) -> None:
    """D6: sending happens outside any transaction: the pool has no connection out but the kept ones."""
    post(any_app, 9)
    clock.at = DUE
    with sink(ways=["slow"], seconds=10) as received:
        send_to(any_app, received.port)
        with delivering(any_app):
            while not received.received:
                time.sleep(0.01)
            with any_app.app_context():
                database.close_kept()
                out = db.engine.pool.checkedout()  # type: ignore[attr-defined]  # a QueuePool
            received.seconds = 0
    assert out == 2  # the delivering thread's kept reader and writer, neither within a transaction
