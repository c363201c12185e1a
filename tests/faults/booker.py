"""A web process that books one visit after another and writes down every answer, while others hurt it."""

import time
from collections.abc import Sequence
from pathlib import Path

from flask.testing import FlaskClient

from booking.records import database
from tests.databases import MORNING, opened
from tests.faults.flight import wish
from tests.races import weakened
from tests.races.history import History
from tests.races.sizes import PATIENCE

READY, GO = "ready", "go"
BROUGHT_HOME = 20  # bookings after which the write-ahead log is copied into the database


def book(url: str, folder: Path, numbers: Sequence[int], starts: Sequence[str], level: str = "") -> None:
    """Book ``numbers`` one after the other, once somebody has made the file ``go``.

    A line of ``answers.jsonl`` for each answer; ``level`` is another ``PRAGMA synchronous``
    than the shipped one, for the control.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if level:
        weakened.write_less_surely(level)
    with opened(url, folder, lambda: MORNING) as app:
        client = app.test_client()
        said = History(folder / "answers.jsonl")
        warm_up(client)
        (folder / READY).touch()
        wait_for(folder / GO)
        for number, start in zip(numbers, starts, strict=True):
            answer = client.post(
                "/api/v1/appointments",
                json=wish(number, start),
                headers={"Idempotency-Key": f"number-{number:06}"},
            )
            said.write(number=number, status=answer.status_code)
            if number % BROUGHT_HOME == BROUGHT_HOME - 1:
                with app.app_context():
                    database.checkpoint()  # as the message worker does now and then
    (folder / "done").touch()


def warm_up(client: FlaskClient) -> None:
    """Open the connections and compile the statements that a booking needs: refuse one."""
    assert client.post("/api/v1/appointments", json=wish(0, "2026-11-24T03:00")).status_code == 409


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} did not come"
        time.sleep(0.002)
